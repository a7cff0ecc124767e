"""The store dead, hung, slow, full, demoted: readers go on, invalidations say so, and all mends itself."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
import redis

from dealradar.cache import (
    Did,
    Down,
    Event,
    Hit,
    Limits,
    Lookup,
    Phase,
    Put,
    RedisStore,
    StoreUnavailableError,
    Trouble,
)
from tests.factories.entries import entry
from tests.integration.cache.reading import KEY, TAGS, body_of, fill, is_hit
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey

SHORT = Limits(timeout_s=0.1, bump_timeout_s=0.5, ttl_jitter=0.0)
ONE_TIMEOUT_S = 0.1 + 0.9  # and what a busy machine may add
CLOSES_WITHIN_S = 5.0 + 1.0
NEVER_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def hasty(valkey: Valkey) -> Iterator[RedisStore]:
    """Return a store with short timeouts on a server of its own, filled."""
    store = RedisStore(valkey.url, SHORT)
    fill(store)
    yield store
    store.close()


def timed(ask: Callable[[], Lookup]) -> tuple[Lookup, float]:
    started_s = time.perf_counter()
    answer = ask()
    return answer, time.perf_counter() - started_s


def wait_until(holds: Callable[[], bool], *, within_s: float) -> None:
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, f"did not come true within {within_s} s"
        time.sleep(0.01)


def test_with_no_store_at_all_readers_are_told_at_once_and_nothing_is_stored() -> None:
    store = RedisStore(NEVER_THERE, SHORT)

    found, took_s = timed(lambda: store.lookup(KEY, TAGS))

    assert found == Down(Trouble.DISCONNECTED)
    assert took_s < ONE_TIMEOUT_S
    assert store.versions(TAGS) is None
    assert store.put(KEY, entry()) is Put.DOWN


@pytest.mark.parametrize("ask", [lambda s: s.bump(["deal:1"]), lambda s: s.delete([KEY]), lambda s: s.clear()])
def test_with_no_store_at_all_what_invalidates_or_removes_says_so(ask: Callable[[RedisStore], object]) -> None:
    store = RedisStore(NEVER_THERE, SHORT)

    with pytest.raises(StoreUnavailableError, match="disconnected"):
        ask(store)


def test_after_three_failures_nobody_asks_a_dead_store() -> None:
    events: list[Event] = []
    store = RedisStore(NEVER_THERE, SHORT, observe=events.append)

    reasons = [store.lookup(KEY, TAGS) for _ in range(5)]

    assert reasons == [Down(Trouble.DISCONNECTED)] * 3 + [Down(Trouble.BREAKER_OPEN)] * 2
    assert [event.outcome for event in events if event.did is Did.READS_BREAKER] == ["open"]
    assert "Connection refused" in str(store.health().reads.last_error)


def test_a_store_killed_while_it_is_read_costs_no_reader_more_than_a_timeout(valkey: Valkey, hasty: RedisStore) -> None:
    answers = []
    for round_ in range(200):
        if round_ == 50:
            valkey.kill()
        answers.append(timed(lambda: hasty.lookup(KEY, TAGS)))

    assert max(took_s for _, took_s in answers) < ONE_TIMEOUT_S
    assert all(isinstance(found, Hit) for found, _ in answers[:50])
    assert all(isinstance(found, Down) for found, _ in answers[50:])


def test_a_store_that_comes_back_is_read_and_filled_again_by_itself(valkey: Valkey, hasty: RedisStore) -> None:
    valkey.kill()
    for _ in range(5):
        hasty.lookup(KEY, TAGS)
    valkey.start()

    wait_until(lambda: not isinstance(hasty.lookup(KEY, TAGS), Down), within_s=CLOSES_WITHIN_S)
    fill(hasty, b"new")

    assert body_of(hasty) == b"new"
    assert hasty.health().reads.phase is Phase.CLOSED


def test_a_store_that_restarted_between_two_requests_is_reached_at_once(valkey: Valkey, hasty: RedisStore) -> None:
    valkey.kill()
    valkey.start()

    hasty.bump(["deal:123"])

    assert body_of(hasty) is None
    fill(hasty, b"new")
    assert body_of(hasty) == b"new"


def test_a_hung_store_costs_one_timeout_until_the_breaker_opens_and_then_nothing(
    valkey: Valkey, hasty: RedisStore
) -> None:
    valkey.pause()

    first = [timed(lambda: hasty.lookup(KEY, TAGS)) for _ in range(3)]
    then = [timed(lambda: hasty.lookup(KEY, TAGS)) for _ in range(50)]

    assert [found for found, _ in first] == [Down(Trouble.TIMEOUT)] * 3
    assert max(took_s for _, took_s in first) < ONE_TIMEOUT_S
    assert [found for found, _ in then] == [Down(Trouble.BREAKER_OPEN)] * 50
    assert sum(took_s for _, took_s in then) / 50 < ONE_TIMEOUT_S / 10


def test_a_hung_store_costs_who_connects_no_more_than_one_timeout(valkey: Valkey) -> None:
    store = RedisStore(valkey.url.removesuffix("/0") + "/1", SHORT)  # whose connections begin with a question
    valkey.pause()

    found, took_s = timed(lambda: store.lookup(KEY, TAGS))

    assert found == Down(Trouble.TIMEOUT)
    assert took_s < ONE_TIMEOUT_S


def test_a_store_that_no_longer_hangs_is_read_again_by_itself(valkey: Valkey, hasty: RedisStore) -> None:
    valkey.pause()
    for _ in range(3):
        hasty.lookup(KEY, TAGS)
    valkey.resume()

    wait_until(lambda: is_hit(hasty), within_s=CLOSES_WITHIN_S)

    assert hasty.health().reads.phase is Phase.CLOSED


def test_a_hung_store_holds_two_writers_up_and_the_next_not_at_all(valkey: Valkey, hasty: RedisStore) -> None:
    valkey.pause()
    reasons = []
    for _ in range(3):
        with pytest.raises(StoreUnavailableError) as unavailable:
            hasty.bump(["deal:123"])
        reasons.append(unavailable.value.reason)

    assert reasons == [Trouble.TIMEOUT, Trouble.TIMEOUT, Trouble.BREAKER_OPEN]


def test_writers_get_through_to_a_store_that_came_back_within_a_second(valkey: Valkey, hasty: RedisStore) -> None:
    def bumps() -> bool:
        try:
            hasty.bump(["deal:123"])
        except StoreUnavailableError:
            return False
        return True

    valkey.pause()
    for _ in range(3):
        bumps()
    valkey.resume()

    wait_until(bumps, within_s=1.0 + 0.5)


def test_a_store_too_slow_for_readers_still_takes_invalidations(proxy: Proxy, store: RedisStore) -> None:
    fill(store)
    slow = RedisStore(proxy.url, Limits(timeout_s=0.1, bump_timeout_s=5.0))
    proxy.delay_s = 0.2
    for _ in range(3):
        assert slow.lookup(KEY, TAGS) == Down(Trouble.TIMEOUT)

    slow.bump(["deal:123"])
    slow.close()

    assert slow.health().reads.phase is Phase.OPEN
    assert body_of(store) is None


def test_after_one_connection_was_found_stranded_no_reader_meets_another(proxy: Proxy, store: RedisStore) -> None:
    fill(store)
    behind = RedisStore(proxy.url, Limits(timeout_s=0.5))
    _look_up_at_once(behind, proxy, readers=2)
    proxy.strand()
    met = behind.lookup(KEY, TAGS)

    found = _look_up_at_once(behind, proxy, readers=2)
    behind.close()

    assert met == Down(Trouble.TIMEOUT)
    assert [type(answer) for answer in found] == [Hit, Hit]


def _look_up_at_once(store: RedisStore, proxy: Proxy, *, readers: int) -> list[Lookup]:
    """Return what *readers* find who need a connection each, as nobody gets a reply before all have asked."""
    found: list[Lookup] = []
    threads = [Thread(target=lambda: found.append(store.lookup(KEY, TAGS))) for _ in range(readers)]
    proxy.hold()
    proxy.rounds = 0
    for thread in threads:
        thread.start()
    wait_until(lambda: proxy.rounds >= readers, within_s=5)
    proxy.release()
    for thread in threads:
        thread.join()
    return found


def test_a_want_of_connections_is_not_held_against_the_store(proxy: Proxy, store: RedisStore) -> None:
    fill(store)
    narrow = RedisStore(proxy.url, Limits(timeout_s=5.0, max_connections=1))
    proxy.hold()
    asking = Thread(target=narrow.lookup, args=(KEY, TAGS))
    asking.start()
    wait_until(lambda: proxy.rounds > 0, within_s=5)

    found = narrow.lookup(KEY, TAGS)
    proxy.release()
    asking.join()

    assert found == Down(Trouble.BUSY)
    assert narrow.health().reads.failures == 0
    assert body_of(narrow) == b"old"
    narrow.close()


def test_a_full_store_that_evicts_nothing_is_read_but_not_filled(valkey: Valkey, hasty: RedisStore) -> None:
    with redis.Redis.from_url(valkey.url) as server:
        server.config_set("maxmemory-policy", "noeviction")
        server.config_set("maxmemory", 1)

    assert hasty.put(KEY, entry()) is Put.DOWN
    assert body_of(hasty) == b"old"
    with pytest.raises(StoreUnavailableError, match="refused"):
        hasty.bump(["deal:123"])
    assert hasty.health().reads.phase is Phase.CLOSED


@pytest.fixture
def promoted(tmp_path: Path) -> Iterator[Valkey]:
    """Return a second running server, which a fail-over makes the primary."""
    promoted = Valkey(tmp_path)
    promoted.start()
    yield promoted
    promoted.kill()


def test_an_invalidation_follows_the_name_when_the_primary_was_demoted(valkey: Valkey, promoted: Valkey) -> None:
    with Proxy(valkey.url).running() as name:
        store = RedisStore(name.url, SHORT)
        store.bump(["deal:123"])
        with redis.Redis.from_url(valkey.url) as demoted:
            demoted.replicaof("127.0.0.1", str(promoted.port))
        name.upstream = ("127.0.0.1", promoted.port)

        with pytest.raises(StoreUnavailableError, match="refused"):
            store.bump(["deal:123"])
        store.bump(["deal:123"])
        store.close()

    with redis.Redis.from_url(promoted.url) as client:
        assert client.exists("dealradarus:v1:tag:deal:123")


def test_a_wrong_password_is_an_outage_like_any_other(valkey: Valkey) -> None:
    store = RedisStore(valkey.url.replace("redis://", "redis://:wrong@"), SHORT)

    assert store.lookup(KEY, TAGS) == Down(Trouble.DISCONNECTED)
    with pytest.raises(StoreUnavailableError, match=r"WRONGPASS|password"):
        store.bump(["deal:123"])
