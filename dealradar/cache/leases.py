"""Who recomputes a key, among all processes: a lease with an owner, who renews it, and a bell for those who wait.

A lease is a key that only its owner renews and removes, so that a dead owner is noticed when it runs out. The bell is
a stream: whoever waits names the last ring it has heard of, so that none is missed between asking and waiting. Each
command and script concerns one key, as on a Redis Cluster it must.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event as Flag
from threading import Lock, Thread
from typing import Final, Protocol, cast

from dealradar.cache.connections import Command, Reply
from dealradar.cache.events import Did, Event, Observer
from dealradar.cache.keys import bell_key, lease_key
from dealradar.cache.wire import StoreUnavailableError, Trouble, Wire

LEASE_S: Final = 0.7
"""How long a lease outlives its owner."""
RENEWED_EVERY_S: Final = 0.2
HELD_AT_MOST_S: Final = 30.0
"""For so long a lease is renewed: an owner that hangs for longer counts as dead."""

_LEASE_MS: Final = int(LEASE_S * 1_000)
_BELL_MS: Final = 5_000
_TOKEN_BYTES: Final = 9
_NEVER_RUNG: Final = b"0"
_STORED: Final = b"stored"
_UNSTORED: Final = b"unstored"
_RELEASE: Final = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"
_RENEW: Final = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to recompute *key*, of whoever knows *token*.

    *is_first* where nobody has given one back for this key in the last five seconds, so that nothing was stored by one.
    """

    key: str
    token: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody else recomputes *key*; their lease runs out in *left_s* unless renewed. *heard* is the last ring."""

    key: str
    left_s: float
    heard: bytes


class Woken(StrEnum):
    """Why somebody waits no longer."""

    STORED = "stored"
    UNSTORED = "unstored"
    """The other one has ended and stored nothing."""
    TIMED_OUT = "timed_out"
    DOWN = "down"


class Leases(Protocol):
    """Leases by key. Nothing here raises: without them everybody computes."""

    def take(self, key: str) -> Lease | Held | Trouble:
        """Return the lease of *key*, kept up until it is given back; or whose it is; or why that can't be told."""

    def wait(self, held: Held, *, at_most_s: float) -> Woken:
        """Return when its owner gives *held* back, or *at_most_s* is over, or it may have run out."""

    def give_back(self, lease: Lease, *, stored: bool) -> None:
        """End *lease* and wake who waits for it, with the word whether there is something to find.

        `Store.put` does it as well, for who has stored something.
        """

    def close(self) -> None:
        """Renew nothing any more."""


class RedisLeases:
    """The `Leases` in one Redis. *waits* is a wire of its own, for it blocks; see `patience_s` for its timeout."""

    def __init__(self, wire: Wire, waits: Wire, *, observe: Observer) -> None:
        self._wire = wire
        self._waits = waits
        self._observe = observe
        self._keeper = Keeper(wire)

    def take(self, key: str) -> Lease | Held | Trouble:
        """See `Leases.take`; one round trip."""
        lease = Lease(key, secrets.token_urlsafe(_TOKEN_BYTES))
        name = lease_key(key)
        try:
            rings, taken, left_ms = self._wire.exchange(
                [
                    # Read before the lease is tried: what rings from then on is heard by waiting from here.
                    ("XREVRANGE", bell_key(key), "+", "-", "COUNT", 1),
                    ("SET", name, lease.token, "NX", "PX", _LEASE_MS),
                    ("PTTL", name),
                ]
            )
        except StoreUnavailableError as error:
            self._observe(Event(Did.LEASE, error.reason))
            return error.reason
        if taken is not None:
            lease = replace(lease, is_first=not rings)
            self._keeper.keep(lease)
            self._observe(Event(Did.LEASE, "taken", keys=1))
            return lease
        self._observe(Event(Did.LEASE, "held", keys=1))
        return Held(key, left_s=max(0, cast("int", left_ms)) / 1_000, heard=_last(rings))

    def wait(self, held: Held, *, at_most_s: float) -> Woken:
        """See `Leases.wait`; one connection while it blocks."""
        started_s = time.perf_counter()
        block_ms = max(1, int(1_000 * min(at_most_s, held.left_s, LEASE_S)))  # 0 would block for ever
        command = ("XREAD", "COUNT", 1, "BLOCK", block_ms, "STREAMS", bell_key(held.key), held.heard)
        try:
            (reply,) = self._waits.exchange([command])
            woken = _heard(reply)
        except StoreUnavailableError:
            woken = Woken.DOWN
        self._observe(Event(Did.WAIT, woken, time.perf_counter() - started_s, keys=1))
        return woken

    def give_back(self, lease: Lease, *, stored: bool) -> None:
        """See `Leases.give_back`; one round trip. A store that can't be told lets the lease run out."""
        try:
            replies = self._wire.exchange(self.ending(lease, stored=stored))
        except StoreUnavailableError as error:
            self._observe(Event(Did.RELEASE, error.reason, keys=1))
            return
        self.ended(replies)

    def ending(self, lease: Lease, *, stored: bool) -> list[Command]:
        """Return the commands that give *lease* back, whose replies `ended` is to see; it is renewed no more."""
        self._keeper.drop(lease)
        bell = bell_key(lease.key)
        return [
            # Ended before the bell rings: who finds it held afterwards can rely on a ring that is to come.
            ("EVAL", _RELEASE, 1, lease_key(lease.key), lease.token),
            ("XADD", bell, "MAXLEN", 1, "*", "outcome", _STORED if stored else _UNSTORED),
            ("PEXPIRE", bell, _BELL_MS),
        ]

    def ended(self, replies: Sequence[Reply]) -> None:
        """Tell what became of a lease that was given back, by the *replies*."""
        self._observe(Event(Did.RELEASE, "released" if replies[0] == 1 else "run_out", keys=1))

    def close(self) -> None:
        """See `Leases.close`; also closes the connections of those who wait."""
        self._keeper.stop()
        self._waits.close()


class Keeper:
    """Renews what this process holds, in one thread that begins with the first lease."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._until_s: dict[Lease, float] = {}
        self._lock = Lock()
        self._thread: Thread | None = None
        self._stopped = Flag()

    def keep(self, lease: Lease) -> None:
        """Renew *lease* until it is dropped, or was held for too long."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._start()
            self._until_s[lease] = time.monotonic() + HELD_AT_MOST_S

    def drop(self, lease: Lease) -> None:
        """Renew *lease* no more."""
        with self._lock:
            self._until_s.pop(lease, None)

    def stop(self) -> None:
        """End the thread; a later lease begins another."""
        self._stopped.set()

    def _start(self) -> None:
        self._until_s.clear()  # in a forked child these are the parent's, and its thread is not here
        self._stopped = Flag()
        self._thread = Thread(target=self._run, args=(self._stopped,), name="lease-keeper", daemon=True)
        self._thread.start()

    def _run(self, stopped: Flag) -> None:
        while not stopped.wait(RENEWED_EVERY_S):
            if held := self._held(now_s=time.monotonic()):
                self._renew(held)

    def _held(self, *, now_s: float) -> Sequence[Lease]:
        with self._lock:
            return [lease for lease, until_s in self._until_s.items() if now_s < until_s]

    def _renew(self, held: Sequence[Lease]) -> None:
        try:
            self._wire.exchange([("EVAL", _RENEW, 1, lease_key(one.key), one.token, _LEASE_MS) for one in held])
        except StoreUnavailableError:
            return  # the next round tries again; a lease that runs out meanwhile costs a second recompute


def patience_s(timeout_s: float) -> float:
    """Return the timeout of a wire that waits, where other questions have *timeout_s*."""
    return LEASE_S + max(timeout_s, 0.1)


def _last(rings: Reply) -> bytes:
    if not isinstance(rings, list) or not rings:
        return _NEVER_RUNG
    return cast("list[bytes]", rings[0])[0]


def _heard(reply: Reply) -> Woken:
    if not isinstance(reply, list):
        return Woken.TIMED_OUT
    ((_, ((_, (_, outcome)),)),) = cast("list[list[list[list[list[bytes]]]]]", reply)
    return Woken.STORED if outcome == _STORED else Woken.UNSTORED
