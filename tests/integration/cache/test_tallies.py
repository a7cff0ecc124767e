import pytest
import redis

from dealradar.cache import RedisStore, tallies
from tests.integration.cache.reading import KEY

NOW_S = 1_700_000_000.0


def test_hits_add_up_and_are_forgotten_after_a_while(store: RedisStore, server: redis.Redis) -> None:
    tallies.add_hits(store.reads, {KEY: 2})
    tallies.add_hits(store.reads, {KEY: 3})

    (name,) = server.scan_iter("dealradarus:v1:hits:*")

    assert tallies.hits(store.reads, [KEY, f"{KEY}x"]) == [5, 0]
    assert 800 < server.ttl(name) <= tallies.HITS_TTL_S


def test_demand_halves_with_each_slot_and_is_gone_after_the_last(store: RedisStore) -> None:
    tallies.add_demand(store.reads, {"/old": 5}, now_s=NOW_S - tallies.SLOT_S)
    tallies.add_demand(store.reads, {"/new": 3}, now_s=NOW_S)

    ranked = {
        later: tallies.most_asked(store.reads, 10, now_s=NOW_S + later * tallies.SLOT_S)
        for later in (0, tallies.SLOTS - 1, tallies.SLOTS)
    }

    halved = 3 / 2 ** (tallies.SLOTS - 1)
    assert ranked == {0: {"/new": 3, "/old": 2.5}, tallies.SLOTS - 1: {"/new": halved}, tallies.SLOTS: {}}
    assert [*ranked[0]] == ["/new", "/old"]


def test_demand_of_several_slots_adds_up(store: RedisStore) -> None:
    for path, slots_ago, count in (("/steady", 1, 4), ("/steady", 0, 4), ("/risen", 0, 5), ("/fallen", 1, 11)):
        tallies.add_demand(store.reads, {path: count}, now_s=NOW_S - slots_ago * tallies.SLOT_S)

    assert tallies.most_asked(store.reads, 2, now_s=NOW_S) == {"/steady": 6, "/fallen": 5.5}


def test_a_slot_forgets_what_is_asked_for_least(
    store: RedisStore, server: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MAX_RANKED", 3)

    tallies.add_demand(store.reads, {f"/deals/{number}": number for number in range(1, 8)}, now_s=NOW_S)

    (slot,) = server.scan_iter("dealradarus:v1:demand:*")
    assert server.zrange(slot, 0, -1) == [b"/deals/5", b"/deals/6", b"/deals/7"]
    assert 0 < server.ttl(slot) <= tallies.SLOTS * tallies.SLOT_S


def test_more_than_one_round_s_worth_is_told_in_full(store: RedisStore) -> None:
    keys = [f"{KEY}{number}" for number in range(tallies.MAX_COMMANDS + 1)]

    tallies.add_hits(store.reads, dict.fromkeys(keys, 1))

    assert tallies.hits(store.reads, keys) == [1] * len(keys)


def test_foreign_types_in_their_place_count_for_nothing(store: RedisStore, server: redis.Redis) -> None:
    server.set(f"dealradarus:v1:demand:{int(NOW_S // tallies.SLOT_S)}", "x")
    server.lpush(f"dealradarus:v1:hits:{KEY.removeprefix('dealradarus:v1:')}", "x")

    tallies.add_demand(store.reads, {"/deals": 1}, now_s=NOW_S)
    tallies.add_hits(store.reads, {KEY: 1})

    assert tallies.hits(store.reads, [KEY]) == [0]
    assert tallies.most_asked(store.reads, 5, now_s=NOW_S) == {}
