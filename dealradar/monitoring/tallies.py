"""What this process has answered, counted in slots of ten seconds until it is written down.

A slot's counts only grow, and it is always written as a whole: to write it twice is to write it once.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Final, NamedTuple

from prometheus_client import Counter as PrometheusCounter

from dealradar.monitoring.ended import Ended
from dealradar.monitoring.latencies import bucket_of

SLOT_S: Final = 10
KEPT_SLOTS: Final = 90
"""For so many slots, a quarter of an hour, counts wait for a database that is away."""

LOST: Final = PrometheusCounter(
    "dealradar_readings_lost_requests",
    "Requests that are missing in the readings, because the database was away for too long to write them down.",
)
_SERVER_ERROR: Final = 500
_NOT_MODIFIED: Final = 304


class Alike(NamedTuple):
    """Requests that were answered alike, without a statement; *latencies* are how many fell into each bucket."""

    route: str
    status: int
    cache: str | None
    duration_s: float
    latencies: Mapping[int, int]


@dataclass(slots=True)
class Tally:
    """Counts of requests, to be added to."""

    requests: int = 0
    errors: int = 0
    not_modified: int = 0
    hits: int = 0
    misses: int = 0
    stale: int = 0
    bypasses: int = 0
    statements: int = 0
    database_s: float = 0.0
    duration_s: float = 0.0
    latencies: Counter[int] = field(default_factory=Counter)

    def count(self, status: int, cache: str | None, *, times: int = 1) -> None:
        """Count requests that ended with *status* and whose answers *cache* says the origin of."""
        self.requests += times
        if status >= _SERVER_ERROR:
            self.errors += times
        elif status == _NOT_MODIFIED:
            self.not_modified += times
        if cache == "HIT":
            self.hits += times
        elif cache == "MISS":
            self.misses += times
        elif cache == "BYPASS":
            self.bypasses += times
        elif cache == "STALE":
            self.stale += times

    def add(self, other: "Tally") -> None:
        """Add what *other* counted."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for bucket, count in other.latencies.items():
            self.latencies[bucket] += count

    @classmethod
    def total(cls, several: Sequence["Tally"]) -> "Tally":
        """Return the sum of *several*."""
        summed = cls()
        for one in several:
            summed.add(one)
        return summed


SUMS: Final = tuple(each.name for each in fields(Tally) if each.name != "latencies")


@dataclass(frozen=True)
class Slot:
    """What this process had answered by a moment of the ten seconds that begin *number* times `SLOT_S` after 1970."""

    number: int
    routes: Mapping[str, Tally]

    @property
    def requests(self) -> int:
        """Return how many they are, which also tells apart what was seen of the slot at different times."""
        return sum(tally.requests for tally in self.routes.values())


class Tallies:
    """Counts that threads share. Slots begin by the clock that the process was told last, the database's."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._ahead_s = 0.0
        self._lock = Lock()
        self._slots: dict[int, defaultdict[str, Tally]] = {}
        self._written: dict[int, int] = {}
        self._over = 0
        self.set_clock(time.time())

    def set_clock(self, now_s: float) -> None:
        """Let it be *now_s*, in Unix time."""
        self._ahead_s = now_s - self._clock_s()

    def request(self, ended: Ended) -> None:
        """Count one request."""
        with self._lock:
            tally = self._current()[ended.route]
            tally.count(ended.status, ended.cache)
            tally.statements += ended.statements
            tally.database_s += ended.database_s
            tally.duration_s += ended.duration_s
            tally.latencies[bucket_of(ended.duration_s)] += 1

    def requests(self, alike: Alike) -> None:
        """Count many requests at once."""
        with self._lock:
            tally = self._current()[alike.route]
            tally.count(alike.status, alike.cache, times=sum(alike.latencies.values()))
            tally.duration_s += alike.duration_s
            tally.latencies.update(alike.latencies)

    def due(self) -> list[Slot]:
        """Return the slots of which something has not been written, as they are now, the oldest first."""
        with self._lock:
            self._forget(before=self._now() - KEPT_SLOTS)
            slots = [Slot(number, _copied(routes)) for number, routes in sorted(self._slots.items())]
        return [slot for slot in slots if slot.requests > self._written.get(slot.number, 0)]

    def settle(self, written: Sequence[Slot]) -> None:
        """Note that *written* need not be again, unless more is counted; those that are over are forgotten."""
        with self._lock:
            now = self._now()
            for slot in written:
                self._written[slot.number] = slot.requests
                if slot.number < now and self._requests(slot.number) == slot.requests:
                    self._drop(slot.number)

    def _current(self) -> defaultdict[str, Tally]:
        number = self._now()
        if number not in self._slots:
            self._forget(before=number - KEPT_SLOTS)
            self._slots[number] = defaultdict(Tally)
        return self._slots[number]

    def _now(self) -> int:
        """Return the slot to count in: none that was forgotten, since it would be written anew, without its past."""
        return max(int((self._clock_s() + self._ahead_s) // SLOT_S), self._over + 1)

    def _forget(self, *, before: int) -> None:
        for number in [number for number in self._slots if number < before]:
            LOST.inc(max(0, self._requests(number) - self._written.get(number, 0)))
            self._drop(number)

    def _drop(self, number: int) -> None:
        self._over = max(self._over, number)
        self._slots.pop(number, None)
        self._written.pop(number, None)

    def _requests(self, number: int) -> int:
        return sum(tally.requests for tally in self._slots.get(number, {}).values())


_tallies: Final = Tallies()


def current() -> Tallies:
    """Return the counts of this process."""
    return _tallies


def _copied(routes: Mapping[str, Tally]) -> dict[str, Tally]:
    return {route: Tally.total([tally]) for route, tally in routes.items()}
