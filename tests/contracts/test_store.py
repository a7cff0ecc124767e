"""What every store promises, the one that is switched off included."""

from collections.abc import Iterator

import pytest
import redis

from dealradar.cache import (
    Down,
    Hit,
    Limits,
    Miss,
    NullStore,
    Phase,
    Put,
    RedisStore,
    Store,
    StoreUnavailableError,
    entry_key,
    prefixes,
)
from tests.factories.entries import entry

ENDPOINT = "/reviews/deal/123"
KEY = entry_key(ENDPOINT, {})
TAGS = ("deal:123", *prefixes(ENDPOINT))


@pytest.fixture
def stores(redis_url: str) -> Iterator[dict[str, Store]]:
    """Return a store of each kind: an empty one, one that is switched off, one whose server is away."""
    with redis.Redis.from_url(redis_url) as server:
        server.flushdb()
    stores: dict[str, Store] = {
        "redis": RedisStore(redis_url, Limits(timeout_s=2.0)),
        "null": NullStore(),
        "away": RedisStore("redis://127.0.0.1:1/0"),
    }
    yield stores
    for store in stores.values():
        store.close()


@pytest.fixture(params=["redis", "null", "away"])
def store(request: pytest.FixtureRequest, stores: dict[str, Store]) -> Store:
    """Return each of them in turn."""
    return stores[request.param]


@pytest.fixture(params=["redis", "null"])
def reachable(request: pytest.FixtureRequest, stores: dict[str, Store]) -> Store:
    """Return those that aren't away."""
    return stores[request.param]


def test_a_store_knows_of_no_takedown_or_cannot_tell_and_assumes_one(stores: dict[str, Store]) -> None:
    assert {name: store.was_taken_down(entry(), TAGS) for name, store in stores.items()} == {
        "redis": False,
        "null": True,
        "away": True,
    }


def test_what_was_never_stored_is_no_hit(store: Store) -> None:
    assert isinstance(store.lookup(KEY, TAGS), Miss | Down)


def test_a_reader_is_served_what_was_stored_or_nothing(store: Store) -> None:
    versions = store.versions(TAGS)
    outcome = Put.DOWN if versions is None else store.put(KEY, entry(versions=versions, body=b"mine"))

    found = store.lookup(KEY, TAGS)

    if isinstance(found, Hit):
        assert (outcome, found.entry.body) == (Put.STORED, b"mine")
    else:
        assert outcome is Put.DOWN


def test_without_versions_there_is_nothing_to_store_and_no_hit(store: Store) -> None:
    stored_blindly = store.put(KEY, entry(versions=(("deal:123", "made-up"),)))

    assert isinstance(store.lookup(KEY, TAGS), Miss | Down)
    assert stored_blindly in {Put.STORED, Put.DOWN}


def test_what_was_bumped_is_no_hit(reachable: Store) -> None:
    versions = reachable.versions(TAGS)
    if versions is not None:
        reachable.put(KEY, entry(versions=versions))

    reachable.bump(["deal:123"])

    assert isinstance(reachable.lookup(KEY, TAGS), Miss | Down)


def test_what_was_cleared_or_deleted_is_no_hit(reachable: Store) -> None:
    reachable.delete([KEY])
    reachable.clear()

    assert isinstance(reachable.lookup(KEY, TAGS), Miss | Down)
    assert reachable.ping() >= 0


def test_one_that_is_away_never_passes_over_what_it_could_not_invalidate(stores: dict[str, Store]) -> None:
    with pytest.raises(StoreUnavailableError):
        stores["away"].bump(["deal:123"])


def test_its_health_can_be_told_without_asking(store: Store) -> None:
    health = store.health()

    assert (health.reads.phase, health.bumps.phase) == (Phase.CLOSED, Phase.CLOSED)
