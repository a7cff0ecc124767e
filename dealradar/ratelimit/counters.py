"""The counters: in Redis, where all processes share them; in this process's memory while Redis doesn't answer."""

import time
from contextvars import ContextVar
from typing import Final, NamedTuple, cast

import structlog
from flask import g
from limits.storage import Storage

from dealradar.cache import Circuit, StoreUnavailableError, Trouble
from dealradar.cache.breaker import Breaker, Patience
from dealradar.cache.connections import Command, Reply
from dealradar.cache.wire import Wire
from dealradar.ratelimit.recollection import Claim, Recollection, Tally

SCHEME: Final = "shared+"
SCHEMES: Final = [f"{SCHEME}redis", f"{SCHEME}rediss", f"{SCHEME}unix"]
PREFIX: Final = "dealradarus:limit:v1:"
MAX_CONNECTIONS: Final = 64
COUNT: Final = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local lost = ARGV[3] - (count - ARGV[1])
if lost > 0 then
    count = redis.call('INCRBY', KEYS[1], lost)
end
local left_ms = redis.call('PTTL', KEYS[1])
if left_ms < 0 then
    left_ms = tonumber(ARGV[2])
    redis.call('PEXPIRE', KEYS[1], left_ms)
end
return {count, left_ms}
"""
"""Counts ARGV[1] more than there are, which were ARGV[3] or more, in a window that, if new, lasts ARGV[2] ms."""
# One failure is enough: the request that it happened to has waited a whole timeout, and must not wait another. But a
# Redis that was late once is not away, and while it isn't asked the processes don't know of each other's counts.
PATIENCE: Final = Patience(failures=1, open_s=0.1, open_max_s=5.0)
MS_PER_S: Final = 1_000
log = structlog.get_logger(__name__)


class Counting(NamedTuple):
    """*amount* more under *key*, on its way: the *command* to Redis, and what this process had claimed for it."""

    key: str
    amount: int
    window_s: int
    command: Command
    claim: Claim
    asked_s: float


COUNTED: Final[ContextVar[dict[str, Tally]]] = ContextVar("counted", default={})  # noqa: B039  see below
"""What of the present request was counted before it came to the limits, by key; each is taken out when it is used.

The default stays empty, for nothing is ever put into it.
"""


class SharedCounters(Storage):
    """A storage for Flask-Limiter that counts, and learns when the window ends, in one round trip of its Redis.

    It waits for *timeout_ms* at most. What it answers to ``get`` and ``get_expiry`` is what this request's counting has
    shown. Counting never fails: where Redis doesn't answer in time, each process goes on from what it saw last. When
    Redis is back is found out by later requests, one at a time; each adds what Redis lacks (ADR 0041).
    """

    STORAGE_SCHEME = SCHEMES

    def __init__(self, uri: str, *, wrap_exceptions: bool = False, timeout_ms: int) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        breaker = Breaker(PATIENCE, on_change=_told)
        url = uri.removeprefix(SCHEME)
        self._seen = Recollection()
        self._wire = Wire(url, timeout_s=timeout_ms / MS_PER_S, max_connections=MAX_CONNECTIONS, breaker=breaker)

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what Redis' not answering looks like."""
        return StoreUnavailableError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count *amount* more under *key*, whose window is *expiry* seconds; return the new count.

        A request that was counted before it came here (see `COUNTED`) is not counted again.
        """
        tally = COUNTED.get().pop(key, None) if amount == 1 else None
        if tally is None:
            tally = self._count(self.begin(key, amount, window_s=expiry))
        _tallies()[key] = tally
        return tally.count

    def begin(self, key: str, amount: int, *, window_s: int) -> "Counting":
        """Begin to count *amount* more under *key*: its command is to be sent to Redis, by whichever way.

        Then `settle` it with the reply, or `forgo` it.
        """
        claim = self._seen.claim(key)
        asked_s = time.time()
        ends_s = claim.resets_at_s or asked_s + window_s
        window_ms = max(1, round((ends_s - asked_s) * MS_PER_S))
        command = ("EVAL", COUNT, 1, f"{PREFIX}{key}", amount + claim.owed, window_ms, claim.at_least)
        return Counting(key, amount, window_s, command, claim, asked_s)

    def settle(self, counting: "Counting", reply: Reply) -> Tally:
        """Return what the counter stands at, going by the *reply* to the command of *counting*."""
        count, left_ms = cast("list[int]", reply)
        # From when it was asked on, so that the window never ends later here than there: what this process remembers of
        # it would be added to the next.
        self._seen.note(counting.key, Tally(count, counting.asked_s + left_ms / MS_PER_S))
        return Tally(count, time.time() + left_ms / MS_PER_S)

    def forgo(self, counting: "Counting", error: StoreUnavailableError, *, counted: int = 0) -> Tally:
        """Return what is counted here instead: *counted*, since Redis gave *error* to the command of *counting*."""
        # One that didn't answer in time has counted all the same, as a rule.
        lacking = 0 if error.reason is Trouble.TIMEOUT else counting.claim.owed + counted
        return self._seen.count(counting.key, counted, lacking=lacking, window_s=counting.window_s)

    def give_back(self, key: str, *, window_s: int) -> None:
        """Count one less under *key*, whose window is *window_s* seconds."""
        self._count(self.begin(key, -1, window_s=window_s))

    def get(self, key: str) -> int:
        """Return the count under *key*, which this request has added to."""
        return _tallies()[key].count

    def get_expiry(self, key: str) -> float:
        """Return when the window of *key*, which this request has added to, ends, in seconds since 1970."""
        return _tallies()[key].resets_at_s

    def check(self) -> bool:
        """Return whether Redis answers."""
        try:
            self._wire.exchange([("PING",)])
        except StoreUnavailableError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget nothing and return None: to forgive everybody everything is nothing that the program does."""
        return None

    def clear(self, key: str) -> None:
        """Forget what was counted under *key*."""
        self._seen.forget(key)
        self._wire.exchange([("DEL", f"{PREFIX}{key}")])

    def _count(self, counting: "Counting") -> Tally:
        try:
            (reply,) = self._wire.exchange([counting.command])
        except StoreUnavailableError as error:
            return self.forgo(counting, error, counted=counting.amount)
        return self.settle(counting, reply)


def _tallies() -> dict[str, Tally]:
    tallies: dict[str, Tally] = g.setdefault("rate_limit_tallies", {})
    return tallies


def _told(circuit: Circuit) -> None:
    log.warning("rate_limit_counters", breaker=circuit.phase, last_error=circuit.last_error)
