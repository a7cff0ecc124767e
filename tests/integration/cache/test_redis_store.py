import time
from threading import Barrier, Thread

import pytest
import redis

from dealradar.cache import (
    Did,
    Event,
    Hit,
    InvalidKeyError,
    Limits,
    Miss,
    MissReason,
    Put,
    RedisStore,
    Versions,
    entry_key,
    prefixes,
)
from tests.factories.entries import entry
from tests.integration.cache.conftest import PATIENT
from tests.integration.cache.reading import KEY, TAGS, body_of, fill
from tests.servers.proxy import Proxy


def test_an_entry_is_found_as_it_was_stored(store: RedisStore) -> None:
    versions = store.versions(TAGS)
    assert versions is not None
    stored = entry(
        status=404,
        media_type="application/problem+json",
        body=bytes(range(256)),
        versions=versions,
        headers=(("X-Total", "7"),),
        soft_ttl_s=60.0,
        cost_s=0.012,
        etag='"abc"',
        last_modified="Sun, 22 Nov 2026 21:00:00 GMT",
    )

    store.put(KEY, stored)
    found = store.lookup(KEY, TAGS)

    assert isinstance(found, Hit)
    assert found.entry == stored


def test_what_was_never_stored_is_absent(store: RedisStore) -> None:
    assert store.lookup(KEY, TAGS) == Miss(MissReason.ABSENT)


def test_a_miss_brings_the_versions_that_there_are(store: RedisStore) -> None:
    versions = store.versions(["deal:123"])
    assert versions is not None

    assert store.lookup(KEY, TAGS) == Miss(MissReason.ABSENT, versions)


def test_versions_stay_until_they_are_bumped(store: RedisStore) -> None:
    first = store.versions(TAGS)
    again = store.versions(TAGS)
    store.bump(["deal:123"])
    bumped = store.versions(TAGS)

    assert first == again
    assert dict(bumped or ())["deal:123"] != dict(first or ())["deal:123"]
    assert (bumped or ())[1:] == (first or ())[1:]


@pytest.mark.parametrize("tag", TAGS)
def test_a_bump_makes_the_entry_a_miss_whichever_of_its_tags_it_is(store: RedisStore, tag: str) -> None:
    fill(store)

    store.bump([tag])
    found = store.lookup(KEY, TAGS)

    assert isinstance(found, Miss)
    assert (found.reason, found.tag) == (MissReason.MISMATCHED, tag)


def test_a_bump_spares_what_does_not_depend_on_the_tag(store: RedisStore) -> None:
    fill(store)

    store.bump(["deal:1234", "reviews@deal:12", "path:/reviews/deal/12", "path:/comments"])

    assert body_of(store) == b"old"


def test_a_bump_of_a_path_reaches_everything_below_it_and_nothing_beside(store: RedisStore) -> None:
    below, beside = "/reviews/deal/7", "/reviews/user/7"
    for endpoint in (below, beside):
        fill(store, key=entry_key(endpoint, {}), tags=prefixes(endpoint))

    store.bump(["path:/reviews/deal"])

    assert body_of(store, entry_key(below, {}), prefixes(below)) is None
    assert body_of(store, entry_key(beside, {}), prefixes(beside)) == b"old"


def test_a_tag_that_only_the_entry_knows_is_checked_too(store: RedisStore) -> None:
    fill(store, tags=(*TAGS, "user:9"))
    found_before = body_of(store)

    store.bump(["user:9"])

    assert found_before == b"old"
    assert body_of(store) is None


def test_an_entry_without_a_declared_tag_is_no_hit(store: RedisStore) -> None:
    fill(store, tags=TAGS)

    assert body_of(store, tags=(*TAGS, "a-tag-that-a-deploy-added")) is None


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


def test_readers_who_create_a_version_at_once_agree_on_it(redis_url: str, server: redis.Redis) -> None:  # noqa: ARG001  emptied
    stores = [RedisStore(redis_url, PATIENT) for _ in range(8)]
    at_once = Barrier(len(stores))
    read: list[Versions | None] = []

    def create(store: RedisStore) -> None:
        at_once.wait()
        read.append(store.versions(TAGS))

    threads = [Thread(target=create, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()

    assert len(read) == len(stores)
    assert set(read) == {read[0]}
    assert read[0] is not None


def test_a_hit_is_one_round_trip_and_a_miss_three(proxy: Proxy) -> None:
    store = RedisStore(proxy.url, PATIENT)
    store.ping()
    rounds = []

    proxy.rounds = 0
    miss = store.lookup(KEY, TAGS)
    assert isinstance(miss, Miss)
    versions = store.versions(TAGS, miss)
    assert versions is not None
    store.put(KEY, entry(versions=versions))
    rounds.append(proxy.rounds)
    proxy.rounds = 0
    hit = store.lookup(KEY, TAGS)
    rounds.append(proxy.rounds)
    store.close()

    assert isinstance(hit, Hit)
    assert rounds == [3, 1]


def test_a_miss_that_read_all_versions_asks_for_none_again(proxy: Proxy) -> None:
    store = RedisStore(proxy.url, PATIENT)
    fill(store)
    store.delete([KEY])
    miss = store.lookup(KEY, TAGS)
    assert isinstance(miss, Miss)

    proxy.rounds = 0
    versions = store.versions(TAGS, miss)
    store.close()

    assert versions == miss.versions
    assert proxy.rounds == 0


def test_thousands_of_tags_are_bumped_at_once(store: RedisStore) -> None:
    fill(store)

    store.bump([*(f"deal:{number}" for number in range(1_000, 3_500)), "deal:123"])

    assert body_of(store) is None
    assert len({token for _, token in store.versions(f"deal:{n}" for n in range(1_000, 3_500)) or ()}) == 2_500


def test_nothing_to_bump_is_no_error(store: RedisStore) -> None:
    store.bump([])


def test_with_one_unfit_tag_none_is_bumped(store: RedisStore) -> None:
    fill(store)

    with pytest.raises(InvalidKeyError):
        store.bump(["deal:123", "deal:*"])

    assert body_of(store) == b"old"


def test_deleting_frees_the_entry_and_tells_how_many_there_were(store: RedisStore, server: redis.Redis) -> None:
    fill(store)

    assert store.delete([KEY, KEY, entry_key("/never/stored", {})]) == 1
    assert store.delete([]) == 0
    assert not server.exists(KEY)


def test_clearing_removes_all_that_is_ours_and_nothing_else(store: RedisStore, server: redis.Redis) -> None:
    fill(store)
    for number in range(2_500):
        server.set(f"dealradarus:v1:/deals/{number}:x", "")
    server.mset({"celery": "x", "dealradarus:v2:x": "x", "xdealradarus:v1:x": "x"})

    removed = store.clear()

    assert removed == 2_500 + 1 + len(TAGS)
    assert set(server.keys()) == {b"celery", b"dealradarus:v2:x", b"xdealradarus:v1:x"}


def test_a_ping_tells_how_long_the_answer_took(store: RedisStore) -> None:
    assert 0 < store.ping() < 2


def test_a_closed_store_opens_again_by_itself(store: RedisStore) -> None:
    fill(store)

    store.close()

    assert body_of(store) == b"old"


def test_each_deed_is_told_with_its_outcome(store: RedisStore, events: list[Event]) -> None:
    fill(store)
    body_of(store)
    store.bump(["deal:123", "deal:124"])
    body_of(store)
    store.delete([KEY])
    store.clear()

    assert [(event.did, event.outcome, event.keys) for event in events] == [
        (Did.VERSIONS, "done", len(TAGS)),
        (Did.PUT, "stored", 1),
        (Did.LOOKUP, "hit", 1),
        (Did.BUMP, "done", 2),
        (Did.LOOKUP, "mismatched", 1),
        (Did.DELETE, "done", 1),
        (Did.CLEAR, "done", 0),
    ]
    assert events[4].detail == "deal:123"
    assert all(0 < event.duration_s < 10 for event in events)


@pytest.mark.parametrize("ttl_jitter", [-0.1, 1.0])
def test_a_jitter_that_could_leave_no_life_is_refused(ttl_jitter: float) -> None:
    with pytest.raises(ValueError, match="ttl_jitter"):
        Limits(ttl_jitter=ttl_jitter)
