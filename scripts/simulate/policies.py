"""The policies that are tried: a line each."""

from dataclasses import dataclass
from math import inf
from typing import Final

DECLARED: Final = (1.0, 1.0)
ADAPTIVE: Final = (1 / 6, 6.0)
ADAPTIVE_UPWARDS: Final = (1.0, 6.0)
LONG: Final = (6.0, 6.0)
ENDLESS: Final = (inf, inf)


@dataclass(frozen=True)
class Policy:
    """What is tried: whether what changes is invalidated, refreshed past its soft age, and kept warm.

    An entry lives for a part of the time for which the thing hasn't changed, within the *bounds*, which are multiples
    of the declared TTL.
    """

    name: str
    bounds: tuple[float, float] = DECLARED
    invalidates: bool = True
    refreshes: bool = True
    warms: bool = False


CURRENT: Final = Policy("as it is", warms=True)
POLICIES: Final = (
    CURRENT,
    Policy("adaptive TTL", ADAPTIVE, warms=True),
    Policy("adaptive TTL, never shorter", ADAPTIVE_UPWARDS, warms=True),
    Policy("six times the TTL", LONG, warms=True),
    Policy("without warming"),
    Policy("without refreshing either", refreshes=False),
    Policy("no TTL, LRU alone", ENDLESS, refreshes=False),
    Policy("TTL alone, no invalidation", invalidates=False),
    Policy("adaptive TTL alone", ADAPTIVE, invalidates=False),
)
