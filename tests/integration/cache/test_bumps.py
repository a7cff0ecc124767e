"""Three kinds of invalidation: at once, at once and never stale again, and at most once in a while."""

import time

import pytest
import redis

from dealradar.cache import SOFT_BOUND_S, Down, Hit, InvalidKeyError, RedisStore, Stale, Trouble, bumps
from dealradar.cache.bumps import EXEMPT_S, SOFT_BURST
from dealradar.cache.keys import gate_key, hard_key, version_key, writer_key
from tests.factories.entries import entry
from tests.integration.cache.conftest import PATIENT
from tests.integration.cache.reading import KEY, TAGS
from tests.servers.proxy import Proxy

VOTER = "0123456789abcdef" * 2
SOMEBODY = "fedcba9876543210" * 2


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second one in a while be put off already."""
    monkeypatch.setattr(bumps, "SOFT_BURST", 1)


def _store(store: RedisStore) -> None:
    versions = store.versions(TAGS)
    assert versions is not None
    store.put(KEY, entry(versions=versions))


def test_a_hard_one_moves_the_tag_and_leaves_a_mark_of_its_time(store: RedisStore, server: redis.Redis) -> None:
    began_s = time.time()

    store.invalidate(Stale(hard=("review:1",), strict=("deal:1",)))

    assert began_s <= float(server.get(hard_key("review:1")) or 0) <= time.time()
    assert 86_400 < server.ttl(hard_key("review:1")) <= 2 * 86_400
    assert server.exists(version_key("review:1"), version_key("deal:1")) == 2
    assert not server.exists(hard_key("deal:1"))


def test_hard_and_strict_ones_take_one_round_trip_and_soft_ones_another(proxy: Proxy) -> None:
    store = RedisStore(proxy.url, PATIENT)
    store.bump(["user:1"])
    proxy.rounds = 0
    rounds = []
    for stale in (Stale(hard=("review:1",), strict=("deal:1",)), Stale(strict=("deal:1",), soft=("deals",))):
        store.invalidate(stale)
        rounds.append(proxy.rounds)

    assert rounds == [1, 3]
    store.close()


def test_a_soft_one_moves_its_tag_the_first_time_and_must_wait_the_second(
    store: RedisStore, server: redis.Redis
) -> None:
    first = store.invalidate(Stale(soft=("deals",)))
    moved = server.get(version_key("deals"))

    second = store.invalidate(Stale(soft=("deals", "reviews@deal:1")))

    assert first == ()
    assert [deferral.tag for deferral in second] == ["deals"]
    assert 0 < second[0].wait_s <= SOFT_BOUND_S
    assert server.get(version_key("deals")) == moved is not None
    assert server.exists(version_key("reviews@deal:1"))


def test_a_few_soft_ones_move_their_tag_each_time(
    store: RedisStore, server: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bumps, "SOFT_BURST", SOFT_BURST)
    moved = set()
    for _ in range(SOFT_BURST):
        assert store.invalidate(Stale(soft=("deals",))) == ()
        moved.add(server.get(version_key("deals")))

    one_more = store.invalidate(Stale(soft=("deals",)))

    assert len(moved) == SOFT_BURST > 1
    assert [deferral.tag for deferral in one_more] == ["deals"]


def test_when_its_time_is_over_it_moves_again_and_by_another_gate(store: RedisStore, server: redis.Redis) -> None:
    store.invalidate(Stale(soft=("deals",)))
    (refused,) = store.invalidate(Stale(soft=("deals",)))
    moved = server.get(version_key("deals"))
    server.delete(gate_key("deals"))  # as if it had run out

    granted = store.invalidate(Stale(soft=("deals",)))
    (refused_later,) = store.invalidate(Stale(soft=("deals",)))

    assert granted == ()
    assert server.get(version_key("deals")) not in {moved, None}
    assert refused_later.gate != refused.gate


def test_the_gate_runs_out_by_itself(store: RedisStore, server: redis.Redis) -> None:
    store.invalidate(Stale(soft=("deals",)))

    assert 0 < server.pttl(gate_key("deals")) <= SOFT_BOUND_S * 1_000


def test_who_had_one_put_off_is_served_nothing_and_everybody_else_is(store: RedisStore, server: redis.Redis) -> None:
    _store(store)
    store.invalidate(Stale(soft=("deals",), writer=SOMEBODY))

    store.invalidate(Stale(soft=("deals",), writer=VOTER))

    assert store.lookup(KEY, TAGS, reader=VOTER) == Down(Trouble.OWN_WRITE)
    assert isinstance(store.lookup(KEY, TAGS, reader=SOMEBODY), Hit)
    assert isinstance(store.lookup(KEY, TAGS), Hit)
    assert SOFT_BOUND_S * 1_000 < server.pttl(writer_key(VOTER)) <= EXEMPT_S * 1_000


def test_asking_for_the_reader_costs_no_round_trip(proxy: Proxy, store: RedisStore) -> None:
    _store(store)
    behind = RedisStore(proxy.url, PATIENT)
    behind.ping()
    proxy.rounds = 0

    assert isinstance(behind.lookup(KEY, TAGS, reader=VOTER), Hit)
    assert proxy.rounds == 1
    behind.close()


def test_hundreds_of_soft_ones_are_each_judged_by_their_own_gate(store: RedisStore, server: redis.Redis) -> None:
    odd = tuple(f"reviews@deal:{i}" for i in range(1, 1_000, 2))
    store.invalidate(Stale(soft=odd))

    deferrals = store.invalidate(Stale(strict=("deal:1",) * 7, soft=tuple(f"reviews@deal:{i}" for i in range(1_000))))

    assert [deferral.tag for deferral in deferrals] == list(odd)
    assert server.exists(version_key("reviews@deal:998"))


def test_with_one_unfit_soft_tag_nothing_is_invalidated(store: RedisStore, server: redis.Redis) -> None:
    with pytest.raises(InvalidKeyError):
        store.invalidate(Stale(hard=("deal:1",), soft=("deals", "deal:*")))

    assert server.dbsize() == 0
