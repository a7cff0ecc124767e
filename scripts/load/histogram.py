"""How long answers took, in buckets that are at most 1.6 % wide, as HdrHistogram has them."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

_HALF: Final = 64
"""From 128 µs on, each doubling has so many buckets; below, each microsecond has its own."""
_HALF_BITS: Final = _HALF.bit_length()


@dataclass
class Histogram:
    """Durations in microseconds: how many fell into each bucket, and their sum."""

    counts: Counter[int] = field(default_factory=Counter)
    sum_us: int = 0

    def add(self, duration_us: int) -> None:
        """Count one."""
        self.counts[bucket_of(duration_us)] += 1
        self.sum_us += duration_us

    def merge(self, other: "Histogram") -> None:
        """Count all that *other* has counted."""
        self.counts.update(other.counts)
        self.sum_us += other.sum_us

    @property
    def total(self) -> int:
        """Return how many were counted."""
        return self.counts.total()

    @property
    def mean_ms(self) -> float:
        """Return the average, 0 of nothing."""
        return self.sum_us / max(1, self.total) / 1_000

    def percentile_ms(self, percent: float) -> float:
        """Return what *percent* of them took at most, 0 of nothing."""
        buckets = sorted(self.counts)
        below = accumulate(self.counts[bucket] for bucket in buckets)
        wanted = self.total * percent / 100
        return next((top_us(bucket) for bucket, count in zip(buckets, below, strict=True) if count >= wanted), 0) / 1e3


def bucket_of(duration_us: int) -> int:
    """Return the bucket of a duration."""
    shift = max(0, duration_us.bit_length() - _HALF_BITS)
    return shift * _HALF + (duration_us >> shift)


def top_us(bucket: int) -> int:
    """Return the longest duration of *bucket*."""
    shift = max(0, bucket // _HALF - 1)
    return ((bucket - shift * _HALF + 1) << shift) - 1
