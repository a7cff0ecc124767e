"""One owner at a time, a dead one soon noticed, and nobody who waits for a ring that has been."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import redis

from dealradar.cache import Event, Held, Lease, Leases, Put, RedisStore, Trouble, Woken
from dealradar.cache.keys import lease_key
from dealradar.cache.leases import LEASE_S
from tests.factories.entries import entry
from tests.integration.cache.conftest import PATIENT
from tests.integration.cache.reading import KEY
from tests.servers.valkey import Valkey

LONG_S = 10.0


@pytest.fixture
def other(redis_url: str) -> Iterator[RedisStore]:
    """Return the store of another process."""
    other = RedisStore(redis_url, PATIENT)
    yield other
    other.close()


@pytest.fixture
def begin(server: redis.Redis) -> Iterator[Callable[[Leases, Held], Future[Woken]]]:
    """Return what lets somebody wait in a thread, and returns when they do."""
    with ThreadPoolExecutor() as pool:

        def begin(leases: Leases, held: Held) -> Future[Woken]:
            waiting = pool.submit(leases.wait, held, at_most_s=LONG_S)
            until(lambda: server.info("clients")["blocked_clients"] > 0)
            return waiting

        yield begin


def until(happens: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + LONG_S
    while not happens():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def taken(leases: Leases) -> Lease:
    lease = leases.take(KEY)
    assert isinstance(lease, Lease)
    return lease


def held(leases: Leases) -> Held:
    found = leases.take(KEY)
    assert isinstance(found, Held)
    return found


def test_one_has_it_and_the_others_know(store: RedisStore, other: RedisStore) -> None:
    taken(store.leases)

    assert 0 < held(other.leases).left_s <= LEASE_S
    assert 0 < held(store.leases).left_s <= LEASE_S


def test_another_key_is_another_lease(store: RedisStore, other: RedisStore) -> None:
    taken(store.leases)

    assert isinstance(other.leases.take(KEY + "0"), Lease)


def test_what_was_given_back_is_free(store: RedisStore, other: RedisStore) -> None:
    store.leases.give_back(taken(store.leases), stored=True)

    assert isinstance(other.leases.take(KEY), Lease)


def test_who_stores_something_gives_it_back_with_that(
    store: RedisStore, other: RedisStore, begin: Callable[[Leases, Held], Future[Woken]]
) -> None:
    lease = taken(store.leases)
    waiting = begin(other.leases, held(other.leases))

    store.put(KEY, entry(), lease=lease)

    assert waiting.result(LONG_S) is Woken.STORED
    assert isinstance(other.leases.take(KEY), Lease)


def test_who_cant_store_it_keeps_the_lease(store: RedisStore, other: RedisStore) -> None:
    lease = taken(store.leases)

    outcome = store.put(KEY, entry(body=b"x" * (store.limits.max_entry_bytes + 1)), lease=lease)

    assert outcome is Put.TOO_BIG
    held(other.leases)


def test_the_first_one_in_a_while_is_told_so(store: RedisStore, other: RedisStore) -> None:
    first = taken(store.leases)
    store.leases.give_back(first, stored=False)

    second = taken(other.leases)

    assert (first.is_first, second.is_first) == (True, False)


@pytest.mark.parametrize(("stored", "woken"), [(True, Woken.STORED), (False, Woken.UNSTORED)])
def test_who_waits_is_woken_and_told_how_it_ended(
    store: RedisStore,
    other: RedisStore,
    begin: Callable[[Leases, Held], Future[Woken]],
    *,
    stored: bool,
    woken: Woken,
) -> None:
    lease = taken(store.leases)
    waiting = begin(other.leases, held(other.leases))

    store.leases.give_back(lease, stored=stored)

    assert waiting.result(LONG_S) is woken


def test_a_ring_before_one_waits_is_heard(store: RedisStore, other: RedisStore) -> None:
    lease = taken(store.leases)
    found = held(other.leases)
    store.leases.give_back(lease, stored=True)

    assert other.leases.wait(found, at_most_s=LONG_S) is Woken.STORED


def test_the_ring_of_an_earlier_time_wakes_nobody(store: RedisStore, other: RedisStore) -> None:
    store.leases.give_back(taken(store.leases), stored=True)
    taken(store.leases)

    assert other.leases.wait(held(other.leases), at_most_s=0.01) is Woken.TIMED_OUT


def test_a_lease_lasts_as_long_as_its_owner_lives(store: RedisStore, other: RedisStore) -> None:
    taken(store.leases)
    first = held(other.leases)

    time.sleep(LEASE_S + 0.2)

    assert first.left_s <= LEASE_S
    assert isinstance(other.leases.take(KEY), Held)


def test_a_dead_owner_is_noticed_within_a_second(store: RedisStore, other: RedisStore) -> None:
    taken(store.leases)
    store.close()  # renews no more, as a killed process doesn't
    started_s = time.monotonic()

    while isinstance(found := other.leases.take(KEY), Held):
        other.leases.wait(found, at_most_s=LONG_S)

    assert isinstance(found, Lease)
    assert LEASE_S < 1.0
    assert time.monotonic() - started_s < LEASE_S + 1.0  # a busy machine takes its time to wake somebody


def test_who_comes_too_late_does_not_end_the_lease_of_the_next(
    store: RedisStore, other: RedisStore, server: redis.Redis, events: list[Event]
) -> None:
    late = taken(store.leases)
    server.delete(lease_key(KEY))  # as if it had run out
    taken(other.leases)

    store.leases.give_back(late, stored=True)

    assert isinstance(store.leases.take(KEY), Held)
    assert "run_out" in [event.outcome for event in events]


def test_a_store_that_dies_wakes_who_waits_at_once(valkey: Valkey) -> None:
    store = RedisStore(valkey.url, PATIENT)
    taken(store.leases)
    found = held(store.leases)
    with ThreadPoolExecutor() as pool, redis.Redis.from_url(valkey.url) as server:
        waiting = pool.submit(store.leases.wait, found, at_most_s=LONG_S)
        until(lambda: server.info("clients")["blocked_clients"] > 0)
        started_s = time.monotonic()

        valkey.kill()

        assert waiting.result(LONG_S) is Woken.DOWN
        assert time.monotonic() - started_s < LONG_S / 2
    store.close()


def test_a_store_that_is_away_leases_nothing() -> None:
    away = RedisStore("redis://127.0.0.1:1/0")

    assert isinstance(away.leases.take(KEY), Trouble)
    away.leases.give_back(Lease(KEY, "token"), stored=True)
    away.close()
