"""Stores of other regions, whose processes read them as ours read the local one."""

from typing import Final
from urllib.parse import urlsplit

from dealradar.cache import Limits, RedisStore, Stale, StoreUnavailableError
from dealradar.config import Settings
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Backoff, Batch, TargetUnavailableError

TIMEOUT_S: Final = 2.0
"""Another region may be a quarter of a second away, and is told a thousand tags at a time."""


def of(settings: Settings) -> list["Region"]:
    """Return the stores that *settings* name."""
    return [Region(url) for url in settings.region_redis_urls]


class Region:
    """The store at *url*."""

    backoff: Final = Backoff(first_s=0.5, max_s=5.0)
    batch_tags: Final = 1_000
    pace_s: Final = 0.0

    def __init__(self, url: str) -> None:
        self.name = f"redis {urlsplit(url).netloc.rpartition('@')[2]}{urlsplit(url).path}"
        self._store = RedisStore(url, Limits(timeout_s=TIMEOUT_S, bump_timeout_s=TIMEOUT_S))

    def deliver(self, batch: Batch) -> None:
        """Give the tags of *batch* new versions there.

        Raises:
            TargetUnavailableError: The store couldn't be told.
        """
        try:
            self._store.invalidate(Stale(hard=batch.tags) if batch.kind is Kind.HARD else Stale(strict=batch.tags))
        except StoreUnavailableError as error:
            raise TargetUnavailableError(str(error)) from error
