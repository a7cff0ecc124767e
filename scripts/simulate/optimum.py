"""The most hits that a policy could have had that stores only what was asked for, and serves nothing stale."""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from scripts.simulate.events import PASSED, Asked, Cleared, Invalidated, Thing, Trace


class Read(NamedTuple):
    """A lookup of a thing; *next* is the number of the next one that what is stored now could serve, or infinity."""

    thing: int
    next: float


def most_hits(trace: Trace, *, entries: int | None, already: Iterable[int] = ()) -> int:
    """Return that number for a store of so many *entries*, None for any number, with what is *already* there.

    Belady's MIN (IBM Systems Journal 5(2), 1966), which may also decline to store: what is needed latest goes first,
    and what changes before it is asked for again is never needed. It is the optimum where entries are of one size.
    """
    reads = reads_of(trace)
    capacity = inf if entries is None else entries
    held: dict[int, float] = {}
    latest: list[tuple[float, int]] = []
    firsts = _firsts(reads)
    for thing in already:
        _keep(held, latest, Read(thing, firsts.get(thing, inf)), capacity)
    hits = 0
    for number, read in enumerate(reads):
        hits += held.pop(read.thing, None) == number
        _keep(held, latest, read, capacity)
    return hits


def reads_of(trace: Trace) -> list[Read]:
    """Return the lookups of *trace*."""
    moved: dict[int, int] = {}
    asked: list[tuple[int, float]] = []
    last: dict[int, tuple[int, int]] = {}
    for step, event in enumerate(trace.events):
        if isinstance(event, Invalidated):
            moved.update(dict.fromkeys(event.tags, step))
        elif isinstance(event, Cleared):
            last.clear()
        elif isinstance(event, Asked) and event.found != PASSED:
            number, since = last.get(event.thing, (None, 0))
            if number is not None and not _has_moved(trace.things[event.thing], moved, since=since):
                asked[number] = (event.thing, len(asked))
            last[event.thing] = (len(asked), step)
            asked.append((event.thing, inf))
    return [Read(*one) for one in asked]


def _has_moved(thing: Thing, moved: dict[int, int], *, since: int) -> bool:
    return any(moved.get(tag, -1) > since for tag in thing.tags)


def _firsts(reads: Sequence[Read]) -> dict[int, int]:
    firsts: dict[int, int] = {}
    for number, read in enumerate(reads):
        firsts.setdefault(read.thing, number)
    return firsts


def _keep(held: dict[int, float], latest: list[tuple[float, int]], read: Read, capacity: float) -> None:
    """Hold what was read until it is needed next, and let go what is needed latest if that is too much."""
    if read.next == inf:
        return
    held[read.thing] = read.next
    if capacity == inf:
        return
    heappush(latest, (-read.next, read.thing))
    while len(held) > capacity:
        needed, thing = heappop(latest)
        if held.get(thing) == -needed:
            del held[thing]
