"""Which store the application has: the one behind Flask-Caching, or none when the cache is switched off."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dealradar.cache import NullStore, Store, horizons, scans, tallies
from dealradar.cache.backend import TaggedRedisCache
from dealradar.cache.census import Census
from dealradar.cache.census import take as take_census
from dealradar.cache.scans import Batch
from dealradar.cache.wire import Wire
from dealradar.extensions import cache

MAX_COUNTED_STEPS: Final = 5_000
"""A million keys: some seconds."""

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
    way = wire()
    return Batch(keys=(), cursor=scans.START) if way is None else scans.step(way, pattern, cursor)


def hits(keys: Sequence[str]) -> list[int]:
    """Return how often the entry at each of *keys* was a hit, up to a few seconds ago.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    way = wire()
    return [0] * len(keys) if way is None else tallies.hits(way, keys)


def most_asked(count: int) -> dict[str, float]:
    """Return up to *count* public paths, as below ``/api``, those in most demand first.

    With each, how often it was asked for in the last hour, of which each five minutes count half as much as the next.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    way = wire()
    return {} if way is None else tallies.most_asked(way, count, now_s=time.time())


def census() -> Census | None:
    """Return the kinds of our keys among the first `MAX_COUNTED_STEPS` steps through the store; None without one.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    way = wire()
    return None if way is None else take_census(way, max_steps=MAX_COUNTED_STEPS)


def tally(*, hits: Mapping[str, int], asked: Mapping[str, int]) -> None:
    """Add to the hits of each key and to the demand for each path.

    Raises:
        StoreUnavailableError: The store can't be asked; what it wasn't told is lost.
    """
    way = wire()
    if way is not None:
        tallies.add_hits(way, hits)
        tallies.add_demand(way, asked, now_s=time.time())


def horizon(ask: Callable[[], str]) -> str:
    """Return how far a copy of the database must have come to be read under versions that were read before.

    That is *ask*ed for where it isn't noted; whatever that raises passes through.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    way = wire()
    return ask() if way is None else horizons.read(way, ask)


def wire() -> Wire | None:
    """Return the way by which the store of the current application is read, None without one."""
    backend: object = cache.cache
    return backend.store.reads if isinstance(backend, TaggedRedisCache) else None


def await_first_recovery() -> None:
    """Return when the store may be read for the first time in this process, or can't be for now.

    Who reads without having called this waits then.
    """
    way = wire()
    if way is not None:
        way.breaker.allows()
