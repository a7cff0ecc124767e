"""The policies that are tried: a line each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ttl(StrEnum):
    """How long an entry lives."""

    DECLARED = "declared"
    NONE = "none"
    ADAPTIVE = "adaptive"
    """A part of the time for which the thing hasn't changed, within bounds."""


@dataclass(frozen=True)
class Policy:
    """What is tried: whether what changes is invalidated, refreshed past its soft age, and kept warm."""

    name: str
    ttl: Ttl = Ttl.DECLARED
    invalidates: bool = True
    refreshes: bool = True
    warms: bool = False


CURRENT: Final = Policy("as it is", warms=True)
POLICIES: Final = (
    CURRENT,
    Policy("without warming"),
    Policy("without refreshing either", refreshes=False),
    Policy("no TTL, LRU alone", ttl=Ttl.NONE, refreshes=False),
    Policy("adaptive TTL", ttl=Ttl.ADAPTIVE, warms=True),
    Policy("adaptive TTL, without warming", ttl=Ttl.ADAPTIVE),
    Policy("TTL alone, no invalidation", invalidates=False),
    Policy("adaptive TTL alone", ttl=Ttl.ADAPTIVE, invalidates=False),
)
