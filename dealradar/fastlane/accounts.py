"""What was answered here, in plain integers; told once a second to where all requests are counted.

To observe each by itself would cost more than to answer it. A process that is killed takes its last second with it.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from flask import Flask

from dealradar.cache import Did
from dealradar.fastlane.asking import Answered
from dealradar.fastlane.lessons import Lesson
from dealradar.httpcache import demand
from dealradar.httpcache.serving import XCache
from dealradar.httpcache.trace import Trace
from dealradar.monitoring import answers, hit_lines, http_measures, tallies
from dealradar.monitoring.answers import AGE_BUCKETS_S
from dealradar.monitoring.hit_lines import Line
from dealradar.monitoring.http_measures import DURATION_BUCKETS_S, UNSENT_BYTES, Alike
from dealradar.monitoring.latencies import bucket_of
from dealradar.monitoring.observations import Observed
from dealradar.monitoring.store_measures import OPERATIONS
from dealradar.security import records
from dealradar.security.measures import RECOGNISED

EVERY_S: Final = 1.0
HIT: Final = "hit"
BY_RECORD: Final = "record"


@dataclass(slots=True)
class Account:
    """Requests that were answered alike: how many took how long, in `DURATION_BUCKETS_S` and finer, and their bytes.

    Likewise how old the entries were, in `AGE_BUCKETS_S`, and how many of them had been warmed.
    """

    counts: list[int] = field(default_factory=lambda: [0] * (len(DURATION_BUCKETS_S) + 1))
    latencies: Counter[int] = field(default_factory=Counter)
    total_s: float = 0.0
    body_bytes: int = 0
    unsent_bytes: int = 0
    age_counts: list[int] = field(default_factory=lambda: [0] * (len(AGE_BUCKETS_S) + 1))
    total_age_s: float = 0.0
    warmed: int = 0


class Kind(NamedTuple):
    """What requests have in common that are told of together."""

    route: str
    endpoint: str
    status: int
    method: str


class Accounts:
    """What one lane has answered; *line* makes a request's line for the log, None leaves it out; *trace* likewise."""

    def __init__(self, app: Flask, line: Line | None, trace: Trace | None) -> None:
        self._app = app
        self._line = line
        self._trace = trace
        self._by_kind: dict[Kind, Account] = {}
        self._hits: Counter[Lesson] = Counter()
        self._recognised: Counter[records.Kind] = Counter()
        self._told_s = time.monotonic()

    def note(self, answered: Sequence[Answered], *, at_s: float, duration_s: float) -> None:
        """Take note of requests that were *answered* together at *at_s*, in Unix time, and took *duration_s* each."""
        bucket, fine_bucket = bisect_left(DURATION_BUCKETS_S, duration_s), bucket_of(duration_s)
        for each in answered:
            lesson = each.asking.lesson
            self._hits[lesson] += 1
            kind = Kind(lesson.route, lesson.policy.endpoint, each.worded.status, each.method)
            account = self._by_kind.get(kind)
            if account is None:
                account = self._by_kind[kind] = Account()
            account.counts[bucket] += 1
            account.latencies[fine_bucket] += 1
            account.total_s += duration_s
            account.body_bytes += len(each.body)
            account.unsent_bytes += each.unsent_bytes
            account.age_counts[bisect_left(AGE_BUCKETS_S, each.hit.age_s)] += 1
            account.total_age_s += each.hit.age_s
            account.warmed += each.hit.entry.warmed
            if each.asking.bearer is not None:
                self._recognised[each.asking.bearer.credential.kind] += 1
        if self._trace is not None:
            self._trace.hits([each.asking.lesson.plan for each in answered], at_s=at_s)
        if self._line is not None and answered:
            self._log(answered, self._line, at_s=at_s, duration_s=duration_s)

    def tell_if_due(self) -> None:
        """Tell what was answered, if that is a second ago."""
        if time.monotonic() - self._told_s >= EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Add what was answered to the metrics and readings, and to what is in demand."""
        self._told_s = time.monotonic()
        if self._trace is not None:
            self._trace.flush()
        by_kind, self._by_kind = self._by_kind, {}
        hits, self._hits = self._hits, Counter()
        recognised, self._recognised = self._recognised, Counter()
        for kind, account in by_kind.items():
            self._tell_of(kind, account)
        with self._app.app_context():
            for lesson, count in hits.items():
                demand.current().note_hits(lesson.plan, count)
        for credential, count in recognised.items():
            RECOGNISED.labels(credential, BY_RECORD).inc(count)
        OPERATIONS.labels(Did.LOOKUP, HIT).inc(hits.total() + recognised.total())  # a record is looked up as well

    def _tell_of(self, kind: Kind, account: Account) -> None:
        route, endpoint, status, method = kind
        observed = Observed(tuple(account.counts), account.total_s)
        http_measures.add_alike(self._app, Alike(route, status, observed, account.body_bytes, method))
        UNSENT_BYTES.inc(account.unsent_bytes)
        ages = Observed(tuple(account.age_counts), account.total_age_s)
        answers.add_hits(endpoint, ages, warmed=account.warmed)
        tallies.current().requests(tallies.Alike(route, status, XCache.HIT, account.total_s, account.latencies))

    @staticmethod
    def _log(answered: Sequence[Answered], line: Line, *, at_s: float, duration_s: float) -> None:
        at = hit_lines.stamp(at_s)
        hit_lines.write(
            line(
                hit_lines.Hit(
                    at=at,
                    request_id=each.request_id,
                    route=each.asking.lesson.route,
                    address=each.asking.origin.address,
                    duration_s=duration_s,
                    body_bytes=len(each.body),
                    status=each.worded.status,
                    method=each.method,
                    user_id=each.user_id,
                )
            )
            for each in answered
        )
