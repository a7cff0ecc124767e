"""Count requests by their address towards the one limit that anybody's GET is under."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from limits import RateLimitItem, parse

from dealradar.cache import StoreUnavailableError
from dealradar.cache.wire import Command, Reply
from dealradar.config import Settings
from dealradar.ratelimit.counters import SharedCounters
from dealradar.ratelimit.fields import Usage
from dealradar.ratelimit.limits import RateLimit
from dealradar.ratelimit.recollection import Tally


@dataclass(frozen=True, slots=True)
class Quota:
    """The limit that clients know by *name*, as the library has it that the ordinary road counts with."""

    name: str
    item: RateLimitItem

    @property
    def requests(self) -> int:
        """Return how many there may be in a window."""
        return self.item.amount

    @property
    def window_s(self) -> int:
        """Return how long a window lasts."""
        return self.item.get_expiry()

    def key_of(self, address: str) -> str:
        """Return the key of the counter of *address*, the one that the ordinary road uses too."""
        return self.item.key_for(address, self.name)

    def usage(self, tally: Tally) -> Usage:
        """Return what *tally* leaves of it."""
        remaining = max(0, self.requests - tally.count)
        return Usage(self.name, self.requests, self.window_s, remaining=remaining, resets_at_s=tally.resets_at_s)


def quota_of(limit: RateLimit, settings: Settings) -> Quota:
    """Return *limit* as *settings* have it."""
    return Quota(limit.name, parse(f"{limit.quota(settings)} per {limit.window_s(settings)} second"))


class Tolls:
    """What the requests of one moment add to their addresses' counters, each of which is asked once."""

    def __init__(self, counters: SharedCounters, quota: Quota, addresses: Iterable[str]) -> None:
        self._counters = counters
        self._quota = quota
        self._begun = {
            address: counters.begin(quota.key_of(address), count, window_s=quota.window_s)
            for address, count in Counter(addresses).items()
        }
        self._tallies: dict[str, Tally] = {}

    def commands(self) -> list[Command]:
        """Return what to ask, one command for each address."""
        return [counting.command for counting in self._begun.values()]

    def settle(self, replies: Sequence[Reply]) -> None:
        """Take note of the *replies* to our commands."""
        for (address, counting), reply in zip(self._begun.items(), replies, strict=True):
            tally = self._counters.settle(counting, reply)
            self._tallies[address] = Tally(tally.count - counting.amount, tally.resets_at_s)

    def forgo(self, error: StoreUnavailableError) -> None:
        """Take note that nothing is known to have been counted, because of *error*."""
        for counting in self._begun.values():
            self._counters.forgo(counting, error)

    def take(self, address: str) -> Tally:
        """Return where the next of the requests from *address* stands."""
        before = self._tallies[address]
        self._tallies[address] = taken = Tally(before.count + 1, before.resets_at_s)
        return taken
