"""What a trace is made of: what was asked for, and what happened, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

PASSED: Final = "b"
"""The store had no part in the answer, and wouldn't have under another policy."""
HIT: Final = "h"


@dataclass(frozen=True, slots=True)
class Thing:
    """What an entry can be of: of an *endpoint*, bound to *tags*, with the TTL that its policy declares.

    *soft_share* is the part of its life from which on it is refreshed; None where that can't be.
    """

    endpoint: str
    tags: tuple[int, ...]
    ttl_s: float
    soft_share: float | None = None


class Asked(NamedTuple):
    """Somebody asked for a thing, by its number; *found* is how the site came by the answer."""

    at_s: float
    thing: int
    found: str


class Made(NamedTuple):
    """A thing was computed and stored."""

    at_s: float
    thing: int
    body_bytes: int
    cost_s: float
    ttl_s: float


class Invalidated(NamedTuple):
    """Tags were invalidated."""

    at_s: float
    tags: tuple[int, ...]


class Cleared(NamedTuple):
    """The store was emptied."""

    at_s: float


Event = Asked | Made | Invalidated | Cleared


@dataclass(frozen=True)
class Trace:
    """*things* by their numbers, and *events* in the order of time; *unread* lines made no sense."""

    things: Sequence[Thing]
    events: Sequence[Event]
    unread: int = 0

    def between(self, from_s: float, until_s: float) -> "Trace":
        """Return what happened in that time, in Unix time."""
        return Trace(self.things, [event for event in self.events if from_s <= event.at_s < until_s], self.unread)

    def hit_ratio(self) -> float:
        """Return the share of lookups that the site itself answered from its store; 0 where there was none."""
        found = [event.found for event in self.events if type(event) is Asked and event.found != PASSED]
        return found.count(HIT) / len(found) if found else 0.0
