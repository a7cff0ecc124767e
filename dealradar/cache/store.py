"""What a store of entries answers and promises, whichever it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dealradar.cache.breaker import Circuit
from dealradar.cache.bumps import Deferral, Stale
from dealradar.cache.entries import Entry, Versions
from dealradar.cache.leases import Lease, Leases
from dealradar.cache.wire import Trouble


class MissReason(StrEnum):
    """Why there was nothing to serve."""

    ABSENT = "absent"
    MISMATCHED = "mismatched"
    EXPIRED = "expired"
    MALFORMED = "malformed"


class Put(StrEnum):
    """What became of an entry that was to be stored."""

    STORED = "stored"
    TOO_BIG = "too_big"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Hit:
    """A valid entry, its age and how long it may still live."""

    entry: Entry
    age_s: float
    ttl_left_s: float


@dataclass(frozen=True, slots=True)
class Miss:
    """Nothing to serve, and why; *tag* is the first one that had moved on.

    *versions* are those of the declared tags that were known: hand the miss to `Store.versions`. *outdated* is what was
    there all the same, expired or invalidated.
    """

    reason: MissReason
    versions: Versions = ()
    tag: str | None = None
    outdated: Entry | None = None


@dataclass(frozen=True, slots=True)
class Down:
    """Compute the response and don't try to store it.

    The store wasn't asked, didn't answer, or has what this reader may not be shown just now.
    """

    reason: Trouble


Lookup = Hit | Miss | Down


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the two ways to the store: the short one of readers, the patient one of invalidations."""

    reads: Circuit
    bumps: Circuit


class Store(Protocol):
    """Entries that are valid as long as the versions of their tags are.

    To read: `lookup`; on a miss, take `versions` **before** the database is read, compute, and `put` an entry that
    carries them. Then whatever is invalidated meanwhile makes the entry a miss, however late it is stored. Reading
    and storing fail open, invalidating fails loud.
    """

    @property
    def leases(self) -> Leases:
        """Who recomputes what: at most one of all the processes that use this store."""

    def lookup(self, key: str, tags: Iterable[str], *, reader: str | None = None) -> Lookup:
        """Return what is stored at *key*, provided that it depends on *tags* and that all its versions still hold.

        Who reads, as a user hash, is served nothing while an invalidation that their own write asked for is put off.
        """

    def versions(self, tags: Iterable[str], miss: Miss | None = None) -> Versions | None:
        """Return the versions of *tags*, given to those that had none; None when the response must not be stored."""

    def put(self, key: str, entry: Entry, *, linger_s: float = 0.0, lease: Lease | None = None) -> Put:
        """Store *entry* for at most its TTL, and return what became of it.

        For *linger_s* more it is found as what a miss calls outdated. If it was stored, *lease* was given back.
        """

    def was_taken_down(self, entry: Entry, tags: Iterable[str]) -> bool:
        """Return whether any of *tags*, or of those *entry* carries, was invalidated hard since it was computed.

        True as well where the store can't say: such an entry must not be served, however outdated it may be.
        """

    def bump(self, tags: Iterable[str]) -> None:
        """Make every entry that depends on any of *tags* a miss from now on, at one round trip for all.

        Raises:
            StoreUnavailableError: It isn't known that it happened: it is still owed.
        """

    def invalidate(self, stale: Stale) -> tuple[Deferral, ...]:
        """Make every entry a miss that depends on what is *stale*; return the soft tags that must wait for it.

        Raises:
            StoreUnavailableError: It isn't known that it happened: it is still owed.
        """

    def delete(self, keys: Iterable[str]) -> int:
        """Free the memory of *keys*, return how many there were. Housekeeping: it is `bump` that invalidates.

        Raises:
            StoreUnavailableError: It isn't known that it happened.
        """

    def clear(self) -> int:
        """Remove everything under our namespace and nothing else, batch by batch; return how many keys.

        Raises:
            StoreUnavailableError: It was broken off.
        """

    def ping(self) -> float:
        """Return how many seconds the store took to answer.

        Raises:
            StoreUnavailableError: It didn't.
        """

    def health(self) -> Health:
        """Return the state of the breakers, without asking the store."""

    def close(self) -> None:
        """Close the connections; what comes next opens new ones."""


def judge(entry: Entry, tags: Iterable[str], *, known: Mapping[str, str], now_s: float) -> Hit | Miss:
    """Return whether *entry* may be served when it should depend on *tags*, and the versions that exist are *known*.

    A tag whose version is gone has moved on, and so has one that the entry was stored without.
    """
    versions = dict(entry.versions)
    for tag in dict.fromkeys((*tags, *versions)):
        if tag not in versions or versions[tag] != known.get(tag):
            return Miss(MissReason.MISMATCHED, tag=tag)
    age_s = max(0.0, now_s - entry.stored_at_s)  # another node's clock may be ahead
    if age_s >= entry.ttl_s:
        return Miss(MissReason.EXPIRED)
    return Hit(entry, age_s=age_s, ttl_left_s=entry.ttl_s - age_s)
