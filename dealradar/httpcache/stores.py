"""Which store the application has: the one behind Flask-Caching, or none when the cache is switched off."""

from typing import Final

from dealradar.cache import NullStore, Store
from dealradar.cache.backend import TaggedRedisCache
from dealradar.extensions import cache

_NONE: Final = NullStore()


def current() -> Store:
    """Return the store of the current application."""
    backend: object = cache.cache
    return backend.store if isinstance(backend, TaggedRedisCache) else _NONE
