"""Answer all plain requests of one moment together: one question to the store, in which they are counted as well."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from dealradar.cache import Hit, StoreUnavailableError
from dealradar.cache.near import Kept, NearCache
from dealradar.config import Settings
from dealradar.fastlane import heads
from dealradar.fastlane.accounts import Accounts
from dealradar.fastlane.asking import Answered, Asking, Origin
from dealradar.fastlane.bearers import Bearer, Bearers
from dealradar.fastlane.heads import Head
from dealradar.fastlane.ids import RequestIds
from dealradar.fastlane.lessons import Lesson, Lessons
from dealradar.fastlane.questions import Exchange, Question, Valid
from dealradar.fastlane.tolls import Quota, Toll
from dealradar.fastlane.wording import Wording
from dealradar.httpcache.plans import held_to
from dealradar.httpcache.refresh import due
from dealradar.ratelimit import identities
from dealradar.ratelimit.counters import COUNTED, SharedCounters
from dealradar.ratelimit.recollection import Tally
from dealradar.security import origins
from dealradar.security.origins import Told

MAX_REMEMBERED: Final = 8_192
"""So many heads, and origins, are remembered as they came: clients repeat themselves."""


class Outcome(NamedTuple):
    """A request that was *answered*; None where it is for the ordinary road.

    *counted* is then where it stands at its counters, if it was counted already.
    """

    answered: Answered | None
    counted: Mapping[str, Tally] = MappingProxyType({})

    @property
    def data(self) -> bytes | None:
        """Return the whole answer as it goes over the wire."""
        return None if self.answered is None else self.answered.data


ELSEWHERE: Final = Outcome(None)
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Parts:
    """What a lane is made of."""

    settings: Settings
    exchange: Exchange
    lessons: Lessons
    bearers: Bearers
    near: NearCache
    counters: SharedCounters
    quota: Quota
    """That of each address."""
    wording: Wording
    accounts: Accounts


class Lane:
    """Answers what is in the cache; for one thread, which hands in what it has read and sends what comes back."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._heads: dict[bytes, Head] = {}
        self._origins: dict[tuple[str, str, str], Origin] = {}
        self._ids = RequestIds()
        self._began_s: float | None = None

    def consider(self, data: bytes, peer: str) -> Asking | None:
        """Return what *peer* asks with *data*; None where that is for the ordinary road."""
        if self._began_s is None:
            self._began_s = time.perf_counter()
        head = self._heads.get(data) or self._read(data)
        return None if head is None else self.understand(head, peer)

    def understand(self, head: Head, peer: str) -> Asking | None:
        """Return what *peer* asks with *head*, if that is the same for everybody, and it is known who shows it."""
        lesson = self._parts.lessons.find(head.target)
        if lesson is None:
            return None
        bearer: Bearer | None = None
        if head.credential is not None:
            bearer = self._parts.bearers.find(head.credential)
            if bearer is None:
                return None
        told = (peer, head.forwarded_for, head.forwarded_proto)
        origin = self._origins.get(told)
        if origin is None:
            origin = self._origin(*told)
            _remember(self._origins, told, origin)
        tolls = (origin.toll,) if bearer is None else (origin.toll, bearer.toll)
        return Asking(head, lesson, origin, tolls, bearer)

    def answer(self, askings: Sequence[Asking]) -> list[Outcome]:
        """Return what becomes of each of *askings*."""
        parts, now_s = self._parts, time.time()
        began_s, self._began_s = self._began_s or time.perf_counter(), None
        question = Question(askings, parts.near, parts.counters)
        try:
            question.put(parts.exchange, now_s=now_s)
        except StoreUnavailableError as error:
            question.tolls.forgo(error)
            return [ELSEWHERE] * len(askings)
        outcomes = [self._settled(asking, question) for asking in askings]
        answered = [outcome.answered for outcome in outcomes if outcome.answered is not None]
        parts.accounts.note(answered, at_s=now_s, duration_s=time.perf_counter() - began_s)
        return outcomes

    def tick(self) -> None:
        """End a turn: what is considered next belongs to another. To be called at least once a second."""
        self._began_s = None
        self._parts.accounts.tell_if_due()

    def close(self) -> None:
        """Tell what is left to be told."""
        self._parts.accounts.tell()

    @contextmanager
    def counted(self, tallies: Mapping[str, Tally]) -> Iterator[None]:
        """Have the ordinary road, taken within this context, not count again what stands at *tallies* already.

        What it would not have counted is given back: it counts nobody by a credential that is no longer good, and a
        request that its address has too many of by nothing else.
        """
        left = dict(tallies)
        token = COUNTED.set(left)
        try:
            yield
        finally:
            COUNTED.reset(token)
            for key in left:
                self._parts.counters.give_back(key, window_s=self._parts.quota.window_s)

    def _settled(self, asking: Asking, question: Question) -> Outcome:
        """Return what becomes of *asking*, by the answer to the *question*."""
        now_s = time.time()
        taken = [(toll, question.tolls.take(toll)) for toll in asking.tolls]
        ours = _ours(asking.lesson, question.valid)
        if ours is None or _is_spent(taken) or not self._is_proven(asking.bearer, question, now_s=now_s):
            return Outcome(None, {toll.key: tally for toll, tally in taken})
        worded = self._parts.wording.of(
            asking.head, asking.lesson, ours, is_secure=asking.origin.is_secure, now_s=now_s
        )
        request_id = asking.head.request_id or self._ids.fresh()
        usages = [toll.quota.usage(tally) for toll, tally in taken]
        return Outcome(Answered(asking, ours[1], worded, request_id, usages, now_s))

    def _is_proven(self, bearer: Bearer | None, question: Question, *, now_s: float) -> bool:
        """Return whether the request is its *bearer*'s, who may be served from the store; anybody's always may."""
        if bearer is None:
            return True
        return not question.has_to_wait(bearer.reader) and self._parts.bearers.is_good(
            bearer, question.valid, now_s=now_s
        )

    def _read(self, data: bytes) -> Head | None:
        """Return the head that *data* is, remembered; of one with a credential no more is kept than a digest."""
        digest = sha256(data).digest()
        head = self._heads.get(digest)
        if head is not None:
            return head
        head = heads.read(data)
        if head is not None:
            _remember(self._heads, data if head.credential is None else digest, head)
        return head

    def _origin(self, peer: str, addresses: str, scheme: str) -> Origin:
        found = origins.of(peer, Told(addresses, scheme), self._parts.settings.trusted_proxies)
        toll = Toll(self._parts.quota, identities.of_address(found.address))
        return Origin(found.address, toll, is_secure=found.scheme == "https")


def _is_spent(taken: Iterable[tuple[Toll, Tally]]) -> bool:
    for toll, tally in taken:  # noqa: SIM110  any() of a generator costs a hit three times as much
        if tally.count > toll.quota.requests:
            return True
    return False


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
