"""What may interleave, forced to; and what may vanish, made to."""

import pytest
import redis

from dealradar.cache import RedisStore
from tests.factories.entries import entry
from tests.integration.cache.reading import KEY, TAGS, body_of, fill


def test_a_fill_that_began_before_a_write_and_landed_after_it_is_not_served(store: RedisStore) -> None:
    read_before = store.versions(TAGS)
    assert read_before is not None

    store.bump(["reviews@deal:123"])
    store.put(KEY, entry(body=b"old", versions=read_before))

    assert body_of(store) is None


def test_a_stale_fill_does_not_outlive_a_right_one(store: RedisStore) -> None:
    read_before = store.versions(TAGS)
    assert read_before is not None
    store.bump(["reviews@deal:123"])
    fill(store, b"new")

    store.put(KEY, entry(body=b"old", versions=read_before))

    assert body_of(store) is None


def test_a_stale_fill_stays_a_miss_when_its_version_was_evicted_and_made_anew(
    store: RedisStore, server: redis.Redis
) -> None:
    read_before = store.versions(TAGS)
    assert read_before is not None
    store.bump(["reviews@deal:123"])
    store.put(KEY, entry(body=b"old", versions=read_before))

    server.delete("dealradarus:v1:tag:reviews@deal:123")
    store.versions(TAGS)

    assert body_of(store) is None


@pytest.mark.parametrize("evicted", [KEY, *(f"dealradarus:v1:tag:{tag}" for tag in TAGS)])
def test_whichever_key_is_evicted_it_costs_a_miss(store: RedisStore, server: redis.Redis, evicted: str) -> None:
    fill(store)

    assert server.delete(evicted) == 1

    assert body_of(store) is None
    fill(store, b"new")
    assert body_of(store) == b"new"


def test_a_flush_in_the_midst_of_a_fill_costs_a_miss(store: RedisStore, server: redis.Redis) -> None:
    read_before = store.versions(TAGS)
    assert read_before is not None

    server.flushdb()
    store.put(KEY, entry(versions=read_before))

    assert body_of(store) is None
