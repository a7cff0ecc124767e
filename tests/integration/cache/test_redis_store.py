from threading import Barrier, Thread

import pytest
import redis

from dealradar.cache import Hit, InvalidKeyError, Miss, MissReason, RedisStore, Versions, entry_key, prefixes
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
        store.bump(["deal:123", *(f"deal:{number}" for number in range(1_000, 3_000)), "deal:*"])

    assert body_of(store) == b"old"
