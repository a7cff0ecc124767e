import time

import pytest
import redis

from dealradar.cache import (
    Limits,
    Miss,
    MissReason,
    Put,
    RedisStore,
)
from tests.factories.entries import entry
from tests.integration.cache.reading import KEY, TAGS


def test_an_entry_past_its_ttl_is_no_hit_though_redis_still_has_it(store: RedisStore) -> None:
    versions = store.versions(TAGS)
    assert versions is not None
    store.put(KEY, entry(versions=versions, ttl_s=60.0, stored_at_s=time.time() - 61))

    found = store.lookup(KEY, TAGS)

    assert isinstance(found, Miss)
    assert found.reason is MissReason.EXPIRED


def test_redis_drops_an_entry_at_its_ttl(store: RedisStore, server: redis.Redis) -> None:
    versions = store.versions(TAGS)
    assert versions is not None
    store.put(KEY, entry(versions=versions, ttl_s=60.0))

    assert 59_000 < server.pttl(KEY) <= 60_000


def test_ttls_differ_and_none_is_longer_than_told(redis_url: str, server: redis.Redis) -> None:
    store = RedisStore(redis_url, Limits(timeout_s=2.0, ttl_jitter=0.5))
    versions = store.versions(TAGS)
    assert versions is not None

    ttls_ms = set()
    for _ in range(20):
        store.put(KEY, entry(versions=versions, ttl_s=60.0, soft_ttl_s=60.0))
        ttls_ms.add(server.pttl(KEY))
    store.close()

    assert max(ttls_ms) <= 60_000
    assert min(ttls_ms) > 29_000
    assert max(ttls_ms) - min(ttls_ms) > 1_000


def test_versions_outlive_the_entry_that_was_just_stored(store: RedisStore, server: redis.Redis) -> None:
    versions = store.versions(TAGS)
    assert versions is not None
    for tag in TAGS:
        server.expire(f"dealradarus:v1:tag:{tag}", 5)

    store.put(KEY, entry(versions=versions, ttl_s=86_400.0))

    assert min(server.ttl(f"dealradarus:v1:tag:{tag}") for tag in TAGS) > 86_400


def test_an_entry_over_the_limit_is_not_stored(redis_url: str, server: redis.Redis) -> None:
    store = RedisStore(redis_url, Limits(timeout_s=2.0, max_entry_bytes=2_000))
    versions = store.versions(TAGS)
    assert versions is not None

    outcome = store.put(KEY, entry(versions=versions, body=b"x" * 2_000))
    store.close()

    assert outcome is Put.TOO_BIG
    assert not server.exists(KEY)


@pytest.mark.parametrize("ttl_jitter", [-0.1, 1.0])
def test_a_jitter_that_could_leave_no_life_is_refused(ttl_jitter: float) -> None:
    with pytest.raises(ValueError, match="ttl_jitter"):
        Limits(ttl_jitter=ttl_jitter)
