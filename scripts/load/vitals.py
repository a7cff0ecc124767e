"""What must not grow while a site serves for long, and whether it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final

WARM_UP_SHARE: Final = 0.25
"""Of the time; what grows until then fills caches and pools."""
FEWEST: Final = 6
"""Fewer readings tell nothing."""


@dataclass(frozen=True)
class Vitals:
    """A reading, so many seconds after the start; *background_bytes* is the memory of worker and beat."""

    at_s: float
    web_bytes: int
    descriptors: int
    database_connections: int
    store_keys: int
    store_bytes: int
    owed_rows: int
    background_bytes: int = 0

    @property
    def memory_bytes(self) -> int:
        """Return the memory of all processes."""
        return self.web_bytes + self.background_bytes


@dataclass(frozen=True)
class Bound:
    """What a figure may rise by from the warm-up to the end: a *share* of itself, or a *slack* not worth a word."""

    name: str
    field: str
    share: float
    slack: float


BOUNDS: Final = (
    Bound("memory of the web processes", "web_bytes", share=0.05, slack=16e6),
    Bound("memory of worker and beat", "background_bytes", share=0.05, slack=16e6),
    Bound("file descriptors", "descriptors", share=0.02, slack=8),
    Bound("connections to PostgreSQL", "database_connections", share=0.05, slack=4),
    Bound("keys in the store", "store_keys", share=0.05, slack=500),
    Bound("memory of the store", "store_bytes", share=0.05, slack=8e6),
    Bound("tags owed to the store", "owed_rows", share=0.0, slack=200),
)


@dataclass(frozen=True)
class Growth:
    """How one figure went on: its middle value, and by how much its trend rises from the warm-up to the end."""

    bound: Bound
    middle: float
    rise: float

    @property
    def is_flat(self) -> bool:
        """Whether it grows by no more than it may."""
        return self.rise <= max(self.bound.share * self.middle, self.bound.slack)


def growths(readings: Sequence[Vitals]) -> tuple[Growth, ...]:
    """Return how each figure went on after the warm-up; nothing of too few readings."""
    settled = readings[int(len(readings) * WARM_UP_SHARE) :]
    if len(settled) < FEWEST:
        return ()
    span_s = settled[-1].at_s - settled[0].at_s
    return tuple(_growth(bound, settled, span_s) for bound in BOUNDS)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the median of the slopes of all pairs (Theil and Sen), which a few outliers don't move."""
    return median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x2 != x1)


def _growth(bound: Bound, settled: Sequence[Vitals], span_s: float) -> Growth:
    points = [(reading.at_s, float(getattr(reading, bound.field))) for reading in settled]
    return Growth(bound, median(value for _, value in points), slope(points) * span_s)
