"""How long things take, counted in buckets that grow with what they hold, so that percentiles of sums can be told.

A percentile is off by `ACCURACY` of itself at most, for durations from `SMALLEST_S` to `LARGEST_S`, and counts of
several processes and times can be added up, which percentiles themselves can't.
"""

from collections.abc import Mapping
from math import ceil, log
from typing import Final

ACCURACY: Final = 0.05
SMALLEST_S: Final = 0.000_01
LARGEST_S: Final = 120.0

_GROWTH: Final = (1 + ACCURACY) / (1 - ACCURACY)
_PER_LOG: Final = 1 / log(_GROWTH)
_LAST: Final = ceil(log(LARGEST_S / SMALLEST_S) * _PER_LOG)


def bucket_of(duration_s: float) -> int:
    """Return the bucket of *duration_s*: the first is for all that is too short, the last for all that is too long."""
    if duration_s <= SMALLEST_S:
        return 0
    return min(ceil(log(duration_s / SMALLEST_S) * _PER_LOG), _LAST)


def percentile(counts: Mapping[int, int], part: float) -> float | None:
    """Return the seconds that *part* of what was counted took at most (the nearest rank), None if nothing was."""
    rank = max(1, ceil(sum(counts.values()) * part))
    for bucket in sorted(counts):
        rank -= counts[bucket]
        if rank <= 0:
            return _middle_s(bucket)
    return None


def _middle_s(bucket: int) -> float:
    """Return what both ends of *bucket* differ from by `ACCURACY` of themselves."""
    return SMALLEST_S * _GROWTH**bucket * 2 / (_GROWTH + 1) if bucket else SMALLEST_S
