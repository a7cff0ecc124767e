"""Answer all plain requests of one moment together: one question to the store, in which they are counted as well."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeVar

from dealradar.cache import Hit, StoreUnavailableError
from dealradar.cache.near import Inquiry, Kept, NearCache
from dealradar.cache.wire import Command, Reply
from dealradar.config import Settings
from dealradar.fastlane import heads
from dealradar.fastlane.accounts import Accounts, Answered
from dealradar.fastlane.asking import Asking
from dealradar.fastlane.heads import Head
from dealradar.fastlane.ids import RequestIds
from dealradar.fastlane.lessons import Lesson, Lessons
from dealradar.fastlane.tolls import Quota, Tolls
from dealradar.fastlane.wording import Wording
from dealradar.httpcache.plans import held_to
from dealradar.httpcache.refresh import due
from dealradar.ratelimit import fields, identities
from dealradar.ratelimit.counters import COUNTED, SharedCounters
from dealradar.ratelimit.recollection import Tally
from dealradar.security import origins
from dealradar.security.origins import Told

MAX_REMEMBERED: Final = 8_192
"""So many heads, and origins, are remembered as they came: clients repeat themselves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The bytes of a whole answer; None where the request is for the ordinary road.

    *counted* is then where it stands at its counter, if it was counted already.
    """

    data: bytes | None
    counted: Mapping[str, Tally] = field(default_factory=dict)


ELSEWHERE: Final = Outcome(None)
Valid = Mapping[str, tuple[Kept, Hit]]
Key = TypeVar("Key")
Value = TypeVar("Value")
Exchange = Callable[[Sequence[Command]], list[Reply]]
"""Sends commands to the store, unless it is away; raises `StoreUnavailableError`."""


@dataclass(frozen=True)
class Parts:
    """What a lane is made of."""

    settings: Settings
    exchange: Exchange
    lessons: Lessons
    near: NearCache
    counters: SharedCounters
    quota: Quota
    wording: Wording
    accounts: Accounts


class Lane:
    """Answers what is in the cache; for one thread, which hands in what it has read and sends what comes back."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._heads: dict[bytes, Head] = {}
        self._origins: dict[tuple[str, str, str], tuple[str, bool]] = {}
        self._ids = RequestIds()
        self._began_s: float | None = None

    def consider(self, data: bytes, peer: str) -> Asking | None:
        """Return what *peer* asks with *data*; None where that is for the ordinary road."""
        if self._began_s is None:
            self._began_s = time.perf_counter()
        head = self._heads.get(data)
        if head is None:
            head = heads.read(data)
            if head is None:
                return None
            _remember(self._heads, data, head)
        lesson = self._parts.lessons.find(head.target)
        if lesson is None:
            return None
        told = (peer, head.forwarded_for, head.forwarded_proto)
        origin = self._origins.get(told)
        if origin is None:
            origin = self._origin(*told)
            _remember(self._origins, told, origin)
        return Asking(head, lesson, *origin)

    def answer(self, askings: Sequence[Asking]) -> list[Outcome]:
        """Return what becomes of each of *askings*."""
        parts, now_s = self._parts, time.time()
        began_s, self._began_s = self._began_s or time.perf_counter(), None
        inquiry = Inquiry(parts.near, (asking.lesson.wanted for asking in askings))
        tolls = Tolls(parts.counters, parts.quota, (asking.address for asking in askings))
        commands, counting = inquiry.commands(), tolls.commands()
        try:
            replies = parts.exchange([*commands, *counting])
        except StoreUnavailableError as error:
            tolls.forgo(error)
            return [ELSEWHERE] * len(askings)
        tolls.settle(replies[len(commands) :])
        valid = inquiry.valid(replies[: len(commands)], now_s=now_s)
        answered: list[Answered] = []
        outcomes = [self._settled(asking, valid, tolls.take(asking.address), answered) for asking in askings]
        parts.accounts.note(answered, at_s=now_s, duration_s=time.perf_counter() - began_s)
        return outcomes

    def tick(self) -> None:
        """End a turn: what is considered next belongs to another. To be called at least once a second."""
        self._began_s = None
        self._parts.accounts.tell_if_due()

    def close(self) -> None:
        """Tell what is left to be told."""
        self._parts.accounts.tell()

    @staticmethod
    @contextmanager
    def counted(tallies: Mapping[str, Tally]) -> Iterator[None]:
        """Have the ordinary road, taken within this context, not count again what stands at *tallies* already."""
        token = COUNTED.set(dict(tallies))
        try:
            yield
        finally:
            COUNTED.reset(token)

    def _settled(self, asking: Asking, valid: Valid, tally: Tally, answered: list[Answered]) -> Outcome:
        """Return what becomes of *asking*, of those that are *valid*; add it to what is *answered* here."""
        quota, now_s = self._parts.quota, time.time()
        ours = _ours(asking.lesson, valid)
        if ours is None or tally.count > quota.requests:
            return Outcome(None, {quota.key_of(asking.address): tally})
        worded = self._parts.wording.of(asking.head, asking.lesson, ours, is_secure=asking.is_secure, now_s=now_s)
        request_id = asking.head.request_id or self._ids.fresh()
        answered.append(Answered(asking, ours[1], worded, request_id))
        own = b"%bX-Request-ID: %b\r\n\r\n" % (
            fields.lines_of(quota.usage(tally), now_s=now_s),
            request_id.encode(),
        )
        return Outcome(worded.head + own if asking.head.is_head else worded.head + own + worded.body)

    def _origin(self, peer: str, addresses: str, scheme: str) -> tuple[str, bool]:
        origin = origins.of(peer, Told(addresses, scheme), self._parts.settings.trusted_proxies)
        return identities.of_address(origin.address), origin.scheme == "https"


def _ours(lesson: Lesson, valid: Valid) -> tuple[Kept, Hit] | None:
    """Return what is to be served here, if anything: what is due for a refresh is for who can compute it."""
    found = valid.get(lesson.plan.key)
    if found is None:
        return None
    kept, confirmed = found
    held = held_to(lesson.plan, confirmed)
    if not isinstance(held, Hit) or held.entry.status != HTTPStatus.OK:
        return None
    return None if due(held, draw=random.random()) else (kept, held)  # noqa: S311  spreads load, hides nothing


def _remember(memory: dict[Key, Value], key: Key, value: Value) -> None:
    if len(memory) >= MAX_REMEMBERED:
        del memory[next(iter(memory))]
    memory[key] = value
