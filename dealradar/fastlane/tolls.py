"""Count requests towards the limits that any GET is under: its address's, and that of who shows a credential."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from limits import RateLimitItem, parse

from dealradar.cache import StoreUnavailableError
from dealradar.cache.connections import Command, Reply
from dealradar.config import Settings
from dealradar.ratelimit.counters import SharedCounters
from dealradar.ratelimit.fields import Usage
from dealradar.ratelimit.limits import RateLimit
from dealradar.ratelimit.recollection import Tally


@dataclass(frozen=True)
class Quota:
    """The limit that clients know by *name*, as the library has it that the ordinary road counts with."""

    name: str
    item: RateLimitItem

    @cached_property
    def requests(self) -> int:
        """Return how many there may be in a window."""
        return self.item.amount

    @cached_property
    def window_s(self) -> int:
        """Return how long a window lasts."""
        return self.item.get_expiry()

    def usage(self, tally: Tally) -> Usage:
        """Return what *tally* leaves of it."""
        remaining = max(0, self.requests - tally.count)
        return Usage(self.name, self.requests, self.window_s, remaining=remaining, resets_at_s=tally.resets_at_s)


@dataclass(frozen=True, slots=True)
class Toll:
    """What a request is counted towards: *quota*, under *who*; *key* is the counter's, as the ordinary road has it."""

    quota: Quota
    who: str
    key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.quota.item.key_for(self.who, self.quota.name))


def quota_of(limit: RateLimit, settings: Settings) -> Quota:
    """Return *limit* as *settings* have it."""
    return Quota(limit.name, parse(f"{limit.quota(settings)} per {limit.window_s(settings)} second"))


class Tolls:
    """What the requests of one moment add to their counters, each of which is asked once."""

    def __init__(self, counters: SharedCounters, tolls: Sequence[Toll]) -> None:
        self._counters = counters
        by_key = {toll.key: toll for toll in tolls}
        self._begun = {
            key: counters.begin(key, amount, window_s=by_key[key].quota.window_s)
            for key, amount in Counter([toll.key for toll in tolls]).items()
        }
        self._tallies: dict[str, Tally] = {}

    def commands(self) -> list[Command]:
        """Return what to ask, one command for each counter."""
        return [counting.command for counting in self._begun.values()]

    def settle(self, replies: Sequence[Reply]) -> None:
        """Take note of the *replies* to our commands."""
        for (key, counting), reply in zip(self._begun.items(), replies, strict=True):
            tally = self._counters.settle(counting, reply)
            self._tallies[key] = Tally(tally.count - counting.amount, tally.resets_at_s)

    def forgo(self, error: StoreUnavailableError) -> None:
        """Take note that nothing is known to have been counted, because of *error*."""
        for counting in self._begun.values():
            self._counters.forgo(counting, error)

    def take(self, toll: Toll) -> Tally:
        """Return where the next of the requests that pay *toll* stands."""
        before = self._tallies[toll.key]
        self._tallies[toll.key] = taken = Tally(before.count + 1, before.resets_at_s)
        return taken
