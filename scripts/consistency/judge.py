"""Which sightings break a promise, by the bounds of docs/cache.md: pure functions of a history."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.consistency.history import Injected, Outage, Sighting, Via, What, Write

BOUNDS_S: Final = {Via.HTTP: 0.0, Via.SQL: 2.5, Via.UNANSWERED: 2.5}
"""How long after a write its predecessor may be seen: half a second of grace and a sweep, without an answer."""

RETURN_BOUND_S: Final = 2.0
"""How long after the store has come back what was written meanwhile may be unseen."""

SWEEP_BOUND_S: Final = BOUNDS_S[Via.SQL]

AFTER_OUTAGE: Final = " after an outage"

_PRIVATE: Final = re.compile(rb"\bprivate-(\d+)\b")


@dataclass(frozen=True)
class Stale:
    """*sighting* shows what was before *write*, which ought to have been seen *late_s* ago."""

    sighting: Sighting
    write: Write
    late_s: float


def stale(
    sightings: Iterable[Sighting], *, writes: Mapping[str, Sequence[Write]], outages: Sequence[Outage]
) -> list[Stale]:
    """Return the sightings that are older than they may be, with the write that is missing longest in each."""
    judged = (_judge(sighting, _newer(sighting, writes), outages) for sighting in sightings)
    return [verdict for verdict in judged if verdict is not None]


def worst_s(
    sightings: Iterable[Sighting], *, writes: Mapping[str, Sequence[Write]], outages: Sequence[Outage]
) -> dict[str, float]:
    """Return by how much old things outlived a write at most, each kind of write apart.

    After an outage of the store it is measured from its end.
    """
    worst = {f"{via}{after}": 0.0 for via in BOUNDS_S for after in ("", AFTER_OUTAGE)}
    for sighting in sightings:
        for write in _newer(sighting, writes):
            ends = [outage.ended_s for outage in outages if outage.what is What.STORE and _meets(outage, write)]
            kind = f"{write.via}{AFTER_OUTAGE if ends else ''}"
            worst[kind] = max(worst[kind], sighting.began_s - max((write.ended_s, *ends)))
    return worst


def worst_after_s(
    sightings: Iterable[Sighting], *, writes: Mapping[str, Sequence[Write]], done: Sequence[Injected]
) -> dict[str, float]:
    """Return by how much old things outlived a fault and a write over HTTP in or shortly after it, for each fault."""
    worst = dict.fromkeys(sorted({one.fault for one in done}), 0.0)
    newer = ((sighting, write) for sighting in sightings for write in _newer(sighting, writes))
    for sighting, write in newer:
        for one in done:
            met = one.began_s <= write.ended_s and write.began_s <= one.ended_s + RETURN_BOUND_S
            if met and write.via is not Via.SQL:
                outlived_s = sighting.began_s - max(write.ended_s, one.ended_s)
                worst[one.fault] = max(worst[one.fault], outlived_s)
    return worst


def due_s(write: Write, outages: Sequence[Outage]) -> float:
    """Return from when on every request has to see *write*."""
    bound_s = BOUNDS_S[write.via]
    due, before = write.ended_s + bound_s, -1.0
    needs_sweep = write.via is not Via.HTTP
    while due != before:
        before = due
        for outage in outages:
            if outage.what is What.STORE and _meets(outage, write, until_s=due):
                due = max(due, outage.ended_s + max(RETURN_BOUND_S, bound_s))
                needs_sweep = True
            elif (
                outage.what is What.SWEEP and needs_sweep and outage.began_s <= due and outage.ended_s >= write.began_s
            ):
                due = max(due, outage.ended_s + SWEEP_BOUND_S)
    return due


def foreign(body: bytes, person_id: int) -> set[int]:
    """Return whose private things *body*, an answer to *person_id*, shows besides their own."""
    return {int(found) for found in _PRIVATE.findall(body)} - {person_id}


def _judge(sighting: Sighting, newer: Sequence[Write], outages: Sequence[Outage]) -> Stale | None:
    dues = [(_due_for(sighting, write, outages), write) for write in newer]
    overdue = [(due, write) for due, write in dues if due <= sighting.began_s]
    if not overdue:
        return None
    due, write = min(overdue, key=lambda pair: pair[0])
    return Stale(sighting, write, sighting.began_s - due)


def _due_for(sighting: Sighting, write: Write, outages: Sequence[Outage]) -> float:
    # Whom a dead store can't answer is served from the database, where nothing is old.
    deaf = any(o.deaf and o.began_s <= sighting.began_s and sighting.ended_s <= o.ended_s for o in outages)
    return write.ended_s if deaf else due_s(write, outages)


def _newer(sighting: Sighting, writes: Mapping[str, Sequence[Write]]) -> list[Write]:
    return [
        write
        for write in writes.get(sighting.subject, ())
        if write.number > sighting.number and write.via is not Via.UNDONE and write.ended_s <= sighting.began_s
    ]


def _meets(outage: Outage, write: Write, *, until_s: float | None = None) -> bool:
    """Whether *write* may have found the store out of order, or not yet trusted again."""
    until = write.ended_s if until_s is None else until_s
    return outage.began_s <= until and write.began_s <= outage.ended_s + RETURN_BOUND_S
