import pytest
import redis

from dealradar.cache import Miss, MissReason, RedisStore, entry_key
from tests.integration.cache.reading import KEY, TAGS, body_of, fill


@pytest.mark.parametrize("foreign", [b"", b"DRE1", b"not an entry", b"\x80\x04N."])
def test_foreign_bytes_under_a_key_are_a_miss_and_are_overwritten(
    store: RedisStore, server: redis.Redis, foreign: bytes
) -> None:
    server.set(KEY, foreign)

    found = store.lookup(KEY, TAGS)
    fill(store, b"new")

    assert isinstance(found, Miss)
    assert found.reason is MissReason.MALFORMED
    assert body_of(store) == b"new"


def test_a_foreign_type_under_a_key_is_a_miss_and_is_overwritten(store: RedisStore, server: redis.Redis) -> None:
    server.lpush(KEY, "x")

    found = store.lookup(KEY, TAGS)
    fill(store, b"new")

    assert isinstance(found, Miss)
    assert body_of(store) == b"new"


def test_a_foreign_type_in_a_versions_place_is_a_miss_until_a_bump_mends_it(
    store: RedisStore, server: redis.Redis
) -> None:
    fill(store)
    server.delete("dealradarus:v1:tag:deal:123")
    server.lpush("dealradarus:v1:tag:deal:123", "x")

    assert body_of(store) is None
    assert store.versions(TAGS) is None
    store.bump(["deal:123"])
    fill(store, b"new")
    assert body_of(store) == b"new"


def test_an_entry_copied_to_another_key_is_not_served_there(store: RedisStore, server: redis.Redis) -> None:
    bobs = entry_key("/me/bookmarks", {}, "b" * 32)
    fill(store, b"alice's")
    server.copy(KEY, bobs)

    assert body_of(store, bobs) is None
