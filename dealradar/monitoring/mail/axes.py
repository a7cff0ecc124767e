"""How far a chart reaches, and where its lines stand and what is written at them: pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MAX_TICKS: Final = 5
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
HEADROOM: Final = 0.08
NOTHING: Final = 1e-9
"""Smaller values aren't told from 0."""

QUARTER: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Tick:
    """A line across the chart and its label."""

    value: float
    label: str


@dataclass(frozen=True)
class Axis:
    """What the chart's height stands for: from *low* to *high*, *unit* written above."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    unit: str

    def part_of(self, value: float) -> float:
        """Return how far up *value* is, from 0 to 1; what is beyond the axis is at its end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True)
class Scale:
    """In what a unit's numbers are written: multiples of *size*, called *name*."""

    size: float
    name: str


SCALES: Final = {
    "ratio": (Scale(0.01, "%"),),
    "seconds": (Scale(0.001, "ms"), Scale(1, "s"), Scale(60, "min"), Scale(3_600, "h")),
    "bytes": (Scale(1, "bytes"), Scale(1e3, "kB"), Scale(1e6, "MB"), Scale(1e9, "GB")),
}
"""The scales of each unit, smallest first; the one is taken of which there is at least one and a half."""

STATES: Final = Axis(0, 2, (Tick(0, "up"), Tick(1, "degraded"), Tick(2, "failed")), "")


def axis(values: Sequence[float], *, unit: str) -> Axis:
    """Return the axis on which each of *values*, thresholds included, has its place."""
    if unit == "state":
        return STATES
    low, high = _reach(values, has_end=unit == "ratio")
    scale = _scale(high, unit)
    step = _step((high - low) / scale.size) * scale.size
    # A tick's place is a multiple of the step; sums of steps would drift.
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(Tick(number * step, f"{number * step / scale.size:g}") for number in range(first, last + 1))
    return Axis(ticks[0].value, ticks[-1].value, ticks, scale.name)


def hours(since: datetime, until: datetime) -> tuple[tuple[datetime, str], ...]:
    """Return each full quarter of an hour between the two, and its label."""
    passed = timedelta(minutes=since.minute % 15, seconds=since.second, microseconds=since.microsecond)
    first = since - passed + (QUARTER if passed else timedelta())
    count = max(0, int((until - first) / QUARTER) + 1)
    return tuple((at, f"{at:%H:%M}") for at in (first + QUARTER * number for number in range(count)))


def _reach(values: Sequence[float], *, has_end: bool) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=0.0)
    if high < NOTHING:
        return 0.0, 1.0
    room = max(high - low, high / 10) * HEADROOM
    # Small differences at a height, such as of a hit ratio, would be flat over an axis from zero.
    return (0.0 if low < high / 2 else low - room), min(high + room, 1.0) if has_end and high <= 1 else high + room


def _scale(high: float, unit: str) -> Scale:
    fitting = [scale for scale in SCALES[unit] if high >= 1.5 * scale.size]
    return fitting[-1] if fitting else SCALES[unit][0]


def _step(span: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(span / MAX_TICKS))
    return next(step * magnitude for step in STEPS if span / (step * magnitude) <= MAX_TICKS)
