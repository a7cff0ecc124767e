"""How the site did over a day, step by step, for charts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from dealradar.monitoring import gauges, readings, sampling
from dealradar.monitoring.gauges import Gauges
from dealradar.monitoring.sampling import StaleRatio
from dealradar.monitoring.tallies import SLOT_S, Tally
from dealradar.monitoring.windows import EndpointWindow, figures

LATE_S: Final = 3
"""So long after its end every process has told what it answered in a slot, unless something is the matter."""

Timed = TypeVar("Timed")


@dataclass(frozen=True)
class Point:
    """One step, which began *at*; None is what nothing is known of, because nobody was there to note it.

    Attributes:
        window: What requests came to. Where the servers were looked at and no request is noted, there was none.
        gauges: What was seen last of the servers in it.
        stale: What sampling in the minutes that began in it came to.
    """

    at: datetime
    rate_per_s: float | None
    window: EndpointWindow | None
    gauges: Gauges | None
    stale: StaleRatio | None


def read_history(span_s: int, *, step_s: int, now: datetime) -> tuple[Point, ...]:
    """Return the steps of the last *span_s* seconds before *now*, the oldest first; the caller ends the transaction.

    *step_s* is a multiple of `SLOT_S`. The last step is the one of which the last slot is that is over; where it isn't
    over itself, it is told by the slots that are.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    end = _floor(now - timedelta(seconds=LATE_S), SLOT_S)
    start = _floor(end - timedelta(seconds=span_s), step_s)
    answered = readings.totals(start, until=end - timedelta(seconds=SLOT_S))
    seen = [(each.at, each) for each in gauges.between(start, end)]
    known = {at for at, _ in (*answered, *seen)}
    tallies, views = _by_step(answered, step_s), _by_step(seen, step_s)
    slots, samples = _by_step(((at, at) for at in known), step_s), _by_step(sampling.between(start, end), step_s)
    return tuple(
        _point(at, tallies=tallies[at], views=views[at], known_s=len(slots[at]) * SLOT_S, samples=samples[at])
        for at in _steps(start, end, step_s)
    )


def _point(
    at: datetime, *, tallies: list[Tally], views: list[Gauges], known_s: int, samples: list[StaleRatio]
) -> Point:
    total = Tally.total(tallies)
    return Point(
        at=at,
        rate_per_s=total.requests / known_s if known_s else None,
        window=EndpointWindow(**figures(total)) if known_s else None,
        gauges=views[-1] if views else None,
        stale=StaleRatio(sum(one.samples for one in samples), sum(one.stale for one in samples)) if samples else None,
    )


def _by_step(timed: Iterable[tuple[datetime, Timed]], step_s: int) -> defaultdict[datetime, list[Timed]]:
    steps: defaultdict[datetime, list[Timed]] = defaultdict(list)
    for at, value in timed:
        steps[_floor(at, step_s)].append(value)
    return steps


def _steps(start: datetime, end: datetime, step_s: int) -> Iterable[datetime]:
    at = start
    while at < end:
        yield at
        at += timedelta(seconds=step_s)


def _floor(at: datetime, step_s: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // step_s * step_s, at.tzinfo)
