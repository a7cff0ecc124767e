"""Processes that share a store, threads that ask at once, and views that take as long as a test wants."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from threading import Barrier, Event, Lock
from typing import Final

from prometheus_client import REGISTRY

from dealradar.cache import RedisStore, entry_key, prefixes
from dealradar.cache.redis_store import Limits
from dealradar.httpcache.flights import Flights
from dealradar.httpcache.origins import Origin
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.recompute import Computed, Recompute
from dealradar.httpcache.refresh import Refresher
from dealradar.httpcache.serving import Served, Source, serve
from dealradar.httpcache.shield import Shield

ENDPOINT: Final = "/reviews/deal/123"
PATIENCE_S: Final = 10.0


def plan(endpoint: str = ENDPOINT) -> Plan:
    return Plan(
        key=entry_key(endpoint, {}),
        tags=("deal:123", *prefixes(endpoint)),
        ttl_s=100,
        sharing=Sharing.PUBLIC,
        soft_ttl_s=50,
    )


@contextmanager
def process(url: str, *, wait_s: float = PATIENCE_S, places: int = 50) -> Iterator[Origin]:
    """Give what one process has, with a store of its own at *url*."""
    store = RedisStore(url, Limits(timeout_s=2.0, bump_timeout_s=2.0, ttl_jitter=0.0))
    recompute = Recompute(store, Shield(places, wait_s=wait_s))
    yield Origin(store, Flights(store.leases), recompute, Refresher(recompute, nullcontext, at_once=2), wait_s)
    store.close()


class View:
    """Returns *body*, or raises *error*, when it may; *calls* counts, *busiest* is the most that ran at once."""

    def __init__(self, body: bytes = b"fresh", *, error: Exception | None = None, takes_s: float = 0.0) -> None:
        self.body = body
        self.error = error
        self.takes_s = takes_s
        self.calls = self.running = self.busiest = 0
        self.called = Event()
        self.may_return = Event()
        self.may_return.set()
        self._lock = Lock()

    def __call__(self) -> Computed:
        body = self.body  # what the database said when it was asked
        with self._lock:
            self.calls += 1
            self.running += 1
            self.busiest = max(self.busiest, self.running)
        self.called.set()
        time.sleep(self.takes_s)
        assert self.may_return.wait(PATIENCE_S)
        with self._lock:
            self.running -= 1
        if self.error is not None:
            raise self.error
        return Computed(body)

    def hold(self) -> None:
        """Keep whoever calls from now on."""
        self.called.clear()
        self.may_return.clear()


def at_once(origins: list[Origin], view: View, *, each: int) -> list[Served]:
    """Ask from so many threads of *each* process at the same moment."""
    start = Barrier(len(origins) * each)

    def ask(origin: Origin) -> Served:
        start.wait()
        return serve(origin, plan(), Source(view))

    with ThreadPoolExecutor(len(origins) * each) as pool:
        return list(pool.map(ask, origins * each))


def waiting() -> float:
    """Return how many wait for another's answer."""
    return REGISTRY.get_sample_value("dealradar_cache_waiting_requests") or 0.0


def until(happens: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)
