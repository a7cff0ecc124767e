"""What stands behind the cache of one process: how answers are computed, by whom, and how many at once."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from dealradar.cache import Store
from dealradar.config import Settings
from dealradar.httpcache import replicas, stores
from dealradar.httpcache.flights import Flights
from dealradar.httpcache.recompute import Read, Recompute, Stored, at_the_primary
from dealradar.httpcache.refresh import Refresher
from dealradar.httpcache.shield import Shield

_EXTENSION: Final = "origin"


@dataclass(frozen=True)
class Origin:
    """The store, and what its misses go through; *wait_s* is how long one waits for another's answer."""

    store: Store
    flights: Flights
    recompute: Recompute
    refresher: Refresher
    wait_s: float


def connect(app: Flask, settings: Settings, *, stored: Stored | None = None) -> None:
    """Give *app*, whose store is there already, its origin, which tells *stored* of each entry."""
    with app.app_context():
        store = stores.current()
    wait_s = settings.cache_lease_wait_ms / 1_000
    places = settings.cache_recompute_max_concurrent
    recompute = Recompute(store, Shield(places, wait_s=wait_s), _read(app, settings), stored)
    # Half the places at most, so that those who wait for an answer find one.
    refresher = Refresher(recompute, app.app_context, at_once=max(1, places // 2))
    app.extensions[_EXTENSION] = Origin(store, Flights(store.leases), recompute, refresher, wait_s)


def _read(app: Flask, settings: Settings) -> Read:
    # Where writes invalidate nothing, nothing tells how far a replica must have come.
    if not settings.database_replica_url or not settings.cache_bust_on_write:
        return at_the_primary
    with app.app_context():
        return replicas.of(settings).read


def current() -> Origin:
    """Return the origin of the current application."""
    origin: Origin = current_app.extensions[_EXTENSION]
    return origin
