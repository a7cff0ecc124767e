"""Many observations of a histogram at once, for whoever can't afford to make them one by one."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import structlog
from prometheus_client import Histogram

from dealradar.monitoring import multiprocess


@dataclass(frozen=True, slots=True)
class Observed:
    """How many observations fell into each bucket and into none below it, the last bucket being endless; their sum."""

    counts: tuple[int, ...]
    total: float

    @classmethod
    def of(cls, values: Sequence[float], bounds: Sequence[float]) -> Self:
        """Return *values* as observed in buckets whose upper *bounds*, all but the endless one's, are given."""
        counts = [0] * (len(bounds) + 1)
        for value in values:
            counts[bisect_left(bounds, value)] += 1
        return cls(tuple(counts), sum(values))

    @property
    def count(self) -> int:
        """Return how many there are."""
        return sum(self.counts)


def observe(histogram: Histogram, value: float) -> None:
    """Observe *value*, and of which request it is: its id is the exemplar, where exemplars are kept.

    That is where one process serves the site; for several, the library keeps none.
    """
    request_id = None if multiprocess.is_shared() else structlog.contextvars.get_contextvars().get("request_id")
    histogram.observe(value, exemplar=None if request_id is None else {"request_id": request_id})


def add(histogram: Histogram, observed: Observed) -> None:
    """Add *observed* to *histogram*, which has as many buckets and values for all of its labels.

    Raises:
        ValueError: The histogram has other buckets.
    """
    buckets = histogram._buckets  # noqa: SLF001  the library has no public way to observe more than once
    if len(buckets) != len(observed.counts):
        raise ValueError(f"{len(observed.counts)} counts don't fit a histogram of {len(buckets)} buckets.")
    histogram._sum.inc(observed.total)  # noqa: SLF001  likewise
    for bucket, count in zip(buckets, observed.counts, strict=True):
        if count:
            bucket.inc(count)
