"""Invalidations: new versions at once, marks of what may never be served stale, and merged ones for what moves often.

No command here concerns two keys, so that each may live on another node of a Redis Cluster.
"""

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from dealradar.cache import horizons, versions
from dealradar.cache.connections import Command, Reply
from dealradar.cache.keys import gate_key, hard_key, version_key, writer_key
from dealradar.cache.wire import Wire

SOFT_BOUND_S: Final = 2.0
"""So long a soft tag may be put off."""
SOFT_BURST: Final = 5
"""So many times it moves at once in that time: a few writes show at once, and only a burst of them is merged."""
HARD_TTL_S: Final = 2 * 86_400
"""How long it stays known when a tag was last invalidated hard: longer than anything may be kept to be served stale."""
EXEMPT_S: Final = 2 * SOFT_BOUND_S
"""How long a writer whose invalidation was put off reads past the store: until it has happened, with time to spare."""
MAX_COMMANDS_A_ROUND: Final = 1_000

# A gate counts who asks from a random number on, so that it can be told from the one after it.
_ASK: Final = """
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return {redis.call('INCR', KEYS[1]), redis.call('PTTL', KEYS[1])}
"""
_COUNT_BITS: Final = 24
_GATE_BITS: Final = 28


@dataclass(frozen=True, slots=True)
class Stale:
    """What is to be invalidated, by how.

    Attributes:
        hard: At once, first, and with a mark of the time, so that it is never served stale afterwards.
        strict: At once.
        soft: At once the first few times (`SOFT_BURST`) in `SOFT_BOUND_S`, otherwise when that is over.
        writer: Whose write it was, as a user hash: is served nothing stored until what was put off has happened.
    """

    hard: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    writer: str | None = None

    def __len__(self) -> int:
        return len(self.hard) + len(self.strict) + len(self.soft)

    def without(self, deferrals: "Iterable[Deferral]") -> tuple[str, ...]:
        """Return its tags but for those that had to wait."""
        waiting = {deferral.tag for deferral in deferrals}
        return (*self.hard, *self.strict, *(tag for tag in self.soft if tag not in waiting))


@dataclass(frozen=True, slots=True)
class Deferral:
    """A soft tag that was invalidated a moment ago and may be again in *wait_s*; *gate* tells that time from others."""

    tag: str
    gate: str
    wait_s: float


def bump(wire: Wire, stale: Stale) -> tuple[Deferral, ...]:
    """Invalidate what is *stale*; return the soft tags that must wait.

    One round trip for each thousand commands, and another one where there are soft tags. Whoever passes a tag's gate
    invalidates it afterwards. Hence one who was refused and then finds the gate passed by somebody else knows that
    the tag was, or is being, invalidated later than when they were refused.

    Raises:
        StoreUnavailableError: It is not known of all of them that it happened.
        InvalidKeyError: A tag isn't fit for a key; none was invalidated.
    """
    moving = [command for tag in stale.hard for command in _forbidding(tag)] + [_moving(tag) for tag in stale.strict]
    at_once = [horizons.dropping(), *moving]  # first: who meets a new version must not find what was noted before it
    asking = [_asking(tag) for tag in stale.soft]
    replies = _exchange(wire, [*at_once, *asking])[len(at_once) :]
    refused = [_deferral(tag, reply) for tag, reply in zip(stale.soft, replies, strict=True)]
    deferrals = tuple(deferral for deferral in refused if deferral is not None)
    granted = [_moving(tag) for tag, deferral in zip(stale.soft, refused, strict=True) if deferral is None]
    _exchange(wire, [*granted, *(_exempting(stale.writer) if deferrals else ())])
    return deferrals


def _exchange(wire: Wire, commands: Sequence[Command]) -> list[Reply]:
    replies: list[Reply] = []
    for start in range(0, len(commands), MAX_COMMANDS_A_ROUND):
        replies += wire.exchange(commands[start : start + MAX_COMMANDS_A_ROUND])
    return replies


def _moving(tag: str) -> Command:
    return ("SET", version_key(tag), versions.fresh(), "EX", versions.LEAST_TTL_S)


def _forbidding(tag: str) -> tuple[Command, Command]:
    return _moving(tag), ("SET", hard_key(tag), f"{time.time():.6f}", "EX", HARD_TTL_S)


def _asking(tag: str) -> Command:
    first = secrets.randbits(_GATE_BITS) << _COUNT_BITS
    return ("EVAL", _ASK, 1, gate_key(tag), first, int(SOFT_BOUND_S * 1_000))


def _exempting(writer: str | None) -> tuple[Command, ...]:
    return () if writer is None else (("SET", writer_key(writer), 1, "PX", int(EXEMPT_S * 1_000)),)


def _deferral(tag: str, reply: Reply) -> Deferral | None:
    """Return None where the gate was passed."""
    asked, left_ms = cast("list[int]", reply)
    gate, count = divmod(asked, 1 << _COUNT_BITS)
    return None if count <= SOFT_BURST else Deferral(tag, str(gate), max(0, left_ms) / 1_000)
