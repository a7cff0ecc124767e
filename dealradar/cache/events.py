"""What the cache tells whoever counts, logs or measures, so that it needs to know none of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Did(StrEnum):
    """What happened."""

    LOOKUP = "lookup"
    VERSIONS = "versions"
    PUT = "put"
    BUMP = "bump"
    DELETE = "delete"
    CLEAR = "clear"
    MARKS = "marks"
    LEASE = "lease"
    WAIT = "wait"
    RELEASE = "release"
    READS_BREAKER = "reads_breaker"
    BUMPS_BREAKER = "bumps_breaker"
    SERVER = "server"
    RECOVERY = "recovery"
    ROUND_TRIP = "round_trip"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the store did, how it ended, how long it took, how many keys it was about, and bytes it stored.

    A `Did.ROUND_TRIP` is part of another thing, mostly: one exchange with the server, of *keys* commands.
    *tags* are those that were invalidated.
    *did* and *outcome* come from small fixed sets, fit to label a metric; *detail* does not, and is for a log.
    """

    did: Did
    outcome: str
    duration_s: float = 0.0
    keys: int = 0
    detail: str = ""
    stored_bytes: int = 0
    tags: tuple[str, ...] = ()


class Observer(Protocol):
    """Whoever wants to know; is called in the thread that did it, so it must be quick and must not raise."""

    def __call__(self, event: Event, /) -> None:
        """Take note of *event*."""


def ignore(event: Event, /) -> None:
    """Observe nothing."""
