"""Who is told of invalidations: the local store, and whatever else keeps copies of answers."""

from dataclasses import dataclass
from typing import Final, Protocol

from dealradar.cache import Stale, StoreUnavailableError
from dealradar.httpcache import stores
from dealradar.invalidation.kinds import Kind


class TargetUnavailableError(Exception):
    """It isn't known that a target has what it was to be told; says why, and how long it wants to be left alone."""

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Batch:
    """Tags that are stale, all of one kind, as one delivery."""

    kind: Kind
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Backoff:
    """How long a target is left alone after a failure: twice as long each time, up to *max_s*."""

    first_s: float
    max_s: float

    def after(self, failures: int) -> float:
        """Return the seconds to wait after so many *failures* in a row."""
        return min(self.max_s, self.first_s * 2.0 ** min(failures - 1, 32))


class Target(Protocol):
    """One that is told of every invalidation at least once, in no promised order but what hurries first.

    Its *name* stands in the outbox beside what it has been told, and must not change while anything is owed. It is told
    of up to *batch_tags* at once, and then of nothing for *pace_s*.
    """

    @property
    def name(self) -> str:
        """Return what it is called."""

    @property
    def backoff(self) -> Backoff:
        """Return how long it is left alone after failures."""

    @property
    def batch_tags(self) -> int:
        """Return how many tags one delivery may have."""

    @property
    def pace_s(self) -> float:
        """Return the least seconds from one delivery to the next."""

    def deliver(self, batch: Batch) -> None:
        """Return when nothing that depends on the tags of *batch* will be served from here again.

        It must give up after a few seconds, the local store after one: rows of the outbox are locked meanwhile.

        Raises:
            TargetUnavailableError: It isn't known that it happened.
        """


class LocalStore:
    """The store that this site's own processes read."""

    name: Final = "store"
    # Below the second between two sweeps: each of them tries, so that a store that is back is not kept waiting.
    backoff: Final = Backoff(first_s=0.1, max_s=0.5)
    batch_tags: Final = 1_000
    pace_s: Final = 0.0

    def deliver(self, batch: Batch) -> None:
        """Invalidate the tags of *batch*, soft ones too: who finds them owed has waited long enough.

        Raises:
            TargetUnavailableError: The store couldn't be told.
        """
        try:
            stores.current().invalidate(Stale(hard=batch.tags) if batch.kind is Kind.HARD else Stale(strict=batch.tags))
        except StoreUnavailableError as error:
            raise TargetUnavailableError(str(error)) from error


STORE: Final = LocalStore()
