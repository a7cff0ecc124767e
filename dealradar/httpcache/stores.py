"""Which store the application has: the one behind Flask-Caching, or none when the cache is switched off."""

from typing import Final

from dealradar.cache import NullStore, Store, scans
from dealradar.cache.backend import TaggedRedisCache
from dealradar.cache.scans import Batch
from dealradar.extensions import cache

_NONE: Final = NullStore()


def current() -> Store:
    """Return the store of the current application."""
    backend: object = cache.cache
    return backend.store if isinstance(backend, TaggedRedisCache) else _NONE


def scan(pattern: str, cursor: str = scans.START) -> Batch:
    """Return the next few keys of entries that the glob *pattern*, over what follows our prefix, matches.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    backend: object = cache.cache
    if not isinstance(backend, TaggedRedisCache):
        return Batch(keys=(), cursor=scans.START)
    return scans.step(backend.store.reads, pattern, cursor)
