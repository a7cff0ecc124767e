"""The store of a cache that is switched off."""

from collections.abc import Iterable

from dealradar.cache.breaker import Circuit
from dealradar.cache.bumps import Deferral, Stale
from dealradar.cache.entries import Entry, Versions
from dealradar.cache.leases import Held, Lease, Woken
from dealradar.cache.store import Down, Health, Miss, Put
from dealradar.cache.wire import Trouble


class NullLeases:
    """`Leases` that nobody gets: without a store, everybody computes."""

    def take(self, key: str) -> Trouble:  # noqa: ARG002  the protocol's
        """Return that nobody was asked."""
        return Trouble.DISABLED

    def wait(self, held: Held, *, at_most_s: float) -> Woken:  # noqa: ARG002  likewise
        """Return at once."""
        return Woken.DOWN

    def give_back(self, lease: Lease, *, stored: bool) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class NullStore:
    """A `Store` that holds nothing and touches no network; there is nothing to invalidate, so that succeeds."""

    def __init__(self) -> None:
        self.leases = NullLeases()

    def lookup(self, key: str, tags: Iterable[str], *, reader: str | None = None) -> Down:  # noqa: ARG002  the protocol's
        """Return that nobody was asked."""
        return Down(Trouble.DISABLED)

    def versions(self, tags: Iterable[str], miss: Miss | None = None) -> Versions | None:  # noqa: ARG002  likewise
        """Return None: nothing may be stored."""
        return None

    def put(self, key: str, entry: Entry, *, linger_s: float = 0.0, lease: Lease | None = None) -> Put:  # noqa: ARG002  likewise
        """Store nothing."""
        return Put.DOWN

    def was_taken_down(self, entry: Entry, tags: Iterable[str]) -> bool:  # noqa: ARG002  likewise
        """Return that it can't be told."""
        return True

    def bump(self, tags: Iterable[str]) -> None:
        """Do nothing, and rightly so."""

    def invalidate(self, stale: Stale) -> tuple[Deferral, ...]:  # noqa: ARG002  likewise
        """Do nothing, and put nothing off."""
        return ()

    def delete(self, keys: Iterable[str]) -> int:  # noqa: ARG002  likewise
        """Return 0."""
        return 0

    def clear(self) -> int:
        """Return 0."""
        return 0

    def ping(self) -> float:
        """Return 0.0: it is never late."""
        return 0.0

    def health(self) -> Health:
        """Return that nothing is wrong."""
        return Health(reads=Circuit(), bumps=Circuit())

    def close(self) -> None:
        """Do nothing."""
