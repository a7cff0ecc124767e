"""Counts beside the entries: how often each was served, and how much each path is in demand.

Both are hints. They may be lost at any time, and no command concerns two keys, as everywhere here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from operator import itemgetter
from typing import Final, cast

from dealradar.cache.connections import Command, Reply
from dealradar.cache.keys import NAMESPACE
from dealradar.cache.wire import Wire

HITS_TTL_S: Final = 900
"""Longer than entries mostly live, and short enough that there aren't many more counts than entries."""

SLOT_S: Final = 300
SLOTS: Final = 12
"""Demand is counted in slots of five minutes; each counts half as much as the one after it, for an hour."""

MAX_RANKED: Final = 2_000
"""How many paths a slot knows; those that are asked for least are forgotten first."""

MAX_COMMANDS: Final = 500
"""How many commands go out at once, so that the server is not kept from others for long."""


def add_hits(wire: Wire, hits: Mapping[str, int]) -> None:
    """Add *hits* to those of each key, which are forgotten a quarter of an hour after the last.

    Raises:
        StoreUnavailableError: The server can't be asked; some may have been added.
    """
    counting = (
        command
        for key, count in hits.items()
        for command in (("INCRBY", _hits_key(key), count), ("EXPIRE", _hits_key(key), HITS_TTL_S))
    )
    _send(wire, counting)


def hits(wire: Wire, keys: Sequence[str]) -> list[int]:
    """Return the hits of each of *keys*, in their order.

    Raises:
        StoreUnavailableError: The server can't be asked.
    """
    replies = wire.exchange([("GET", _hits_key(key)) for key in keys]) if keys else []
    return [int(reply) if isinstance(reply, bytes) and reply.isdigit() else 0 for reply in replies]


def add_demand(wire: Wire, asked: Mapping[str, int], *, now_s: float) -> None:
    """Add to the demand for each path how often it was *asked* for.

    Raises:
        StoreUnavailableError: The server can't be asked; some may have been added.
    """
    if not asked:
        return
    slot = _slot_key(_slot(now_s))
    _send(wire, (("ZINCRBY", slot, count, path) for path, count in asked.items()))
    _send(wire, [("ZREMRANGEBYRANK", slot, 0, -MAX_RANKED - 1), ("EXPIRE", slot, SLOTS * SLOT_S)])


def most_asked(wire: Wire, count: int, *, now_s: float) -> dict[str, float]:
    """Return up to *count* paths, those in most demand first, and how often each was asked for lately.

    Raises:
        StoreUnavailableError: The server can't be asked.
    """
    newest = _slot(now_s)
    reading: list[Command] = [
        ("ZREVRANGE", _slot_key(newest - age), 0, count - 1, "WITHSCORES") for age in range(SLOTS)
    ]
    demand: defaultdict[str, float] = defaultdict(float)
    for age, reply in enumerate(wire.exchange(reading)):
        for path, score in _scores(reply):
            demand[path] += score / 2**age
    return dict(nlargest(count, demand.items(), key=itemgetter(1)))


def _scores(reply: Reply) -> Iterable[tuple[str, float]]:
    flat = cast("list[bytes]", reply) if isinstance(reply, list) else []
    return ((path.decode("latin-1"), float(score)) for path, score in zip(flat[::2], flat[1::2], strict=True))


def _send(wire: Wire, commands: Iterable[Command]) -> None:
    waiting = list(commands)
    for start in range(0, len(waiting), MAX_COMMANDS):
        wire.exchange(waiting[start : start + MAX_COMMANDS])


def _slot(now_s: float) -> int:
    return int(now_s // SLOT_S)


def _slot_key(slot: int) -> str:
    return f"{NAMESPACE}demand:{slot}"


def _hits_key(key: str) -> str:
    return f"{NAMESPACE}hits:{key.removeprefix(NAMESPACE)}"
