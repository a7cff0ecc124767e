"""A store on an empty database, and servers of one's own to break."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dealradar.cache import Event, Limits, RedisStore
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey

PATIENT = Limits(timeout_s=2.0, bump_timeout_s=2.0, ttl_jitter=0.0)
"""For tests that are about something else than time."""


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    """Return a plain client of the store's database, which is empty."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


@pytest.fixture
def events() -> list[Event]:
    """Return what `store` tells its observer."""
    return []


@pytest.fixture
def store(redis_url: str, server: redis.Redis, events: list[Event]) -> Iterator[RedisStore]:  # noqa: ARG001  emptied
    """Return a store on an empty database."""
    store = RedisStore(redis_url, PATIENT, observe=events.append)
    yield store
    store.close()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Return a running server of this test's own."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.kill()


@pytest.fixture
def proxy(redis_url: str, server: redis.Redis) -> Iterator[Proxy]:  # noqa: ARG001  emptied
    """Return a proxy before the store's empty database."""
    with Proxy(redis_url).running() as proxy:
        yield proxy
