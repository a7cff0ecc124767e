"""Invalidations: new versions at once, marks of what may never be served stale, and merged ones for what moves often.

No command here concerns two keys, so that each may live on another node of a Redis Cluster.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dealradar.cache import versions
from dealradar.cache.keys import gate_key, hard_key, version_key, writer_key
from dealradar.cache.wire import Command, Reply, Wire

SOFT_BOUND_S: Final = 2.0
"""A soft tag moves at most once in so many seconds."""
HARD_TTL_S: Final = 2 * 86_400
"""How long it stays known when a tag was last invalidated hard: longer than anything may be kept to be served stale."""
EXEMPT_S: Final = 2 * SOFT_BOUND_S
"""How long a writer whose invalidation was put off reads past the store: until it has happened, with time to spare."""
MAX_COMMANDS_A_ROUND: Final = 1_000

_ASKED_A_GATE: Final = 3


@dataclass(frozen=True, slots=True)
class Stale:
    """What is to be invalidated, by how.

    Attributes:
        hard: At once, first, and with a mark of the time, so that it is never served stale afterwards.
        strict: At once.
        soft: At once where that is the first time in `SOFT_BOUND_S`, otherwise when that is over.
        writer: Whose write it was, as a user hash: is served nothing stored until what was put off has happened.
    """

    hard: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    writer: str | None = None

    def __len__(self) -> int:
        return len(self.hard) + len(self.strict) + len(self.soft)


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
    at_once = [command for tag in stale.hard for command in _forbidding(tag)] + [_moving(tag) for tag in stale.strict]
    asking = [command for tag in stale.soft for command in _asking(tag)]
    replies = _exchange(wire, [*at_once, *asking])[len(at_once) :]
    refused = [_deferral(tag, replies[_ASKED_A_GATE * i :]) for i, tag in enumerate(stale.soft)]
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
    return ("SET", version_key(tag), versions.fresh(), "EX", versions.TTL_S)


def _forbidding(tag: str) -> tuple[Command, Command]:
    return _moving(tag), ("SET", hard_key(tag), f"{time.time():.6f}", "EX", HARD_TTL_S)


def _asking(tag: str) -> tuple[Command, ...]:
    key = gate_key(tag)
    return ("SET", key, versions.fresh(), "NX", "PX", int(SOFT_BOUND_S * 1_000)), ("GET", key), ("PTTL", key)


def _exempting(writer: str | None) -> tuple[Command, ...]:
    return () if writer is None else (("SET", writer_key(writer), 1, "PX", int(EXEMPT_S * 1_000)),)


def _deferral(tag: str, replies: Sequence[Reply]) -> Deferral | None:
    """Return None where the gate was passed."""
    is_granted, gate, left_ms = replies[:_ASKED_A_GATE]
    if is_granted is not None:
        return None
    known = gate.decode("latin-1") if isinstance(gate, bytes) else ""
    return Deferral(tag, known, max(0, left_ms) / 1_000 if isinstance(left_ms, int) else 0.0)
