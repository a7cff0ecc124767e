import redis

from dealradar.cache import RedisStore, census, tallies
from dealradar.cache.keys import identity_key, value_key
from dealradar.cache.scans import BATCH_KEYS
from tests.integration.cache.reading import KEY, TAGS, fill


def test_each_kind_is_counted_and_what_is_not_ours_is_not(store: RedisStore, server: redis.Redis) -> None:
    fill(store)
    tallies.add_hits(store.reads, {KEY: 1})
    tallies.add_demand(store.reads, {"/deals": 1}, now_s=0)
    for name in (value_key("x"), identity_key("0" * 32), "dealradarus:v1:lease:x", "somebody:else"):
        server.set(name, "x")

    found = census.take(store.reads, max_steps=10)

    assert found.is_whole
    assert found.counts == {
        "entries": 1,
        "versions": len(TAGS),
        "hits": 1,
        "demand": 1,
        "identities": 1,
        "values": 1,
        "others": 1,
    }


def test_a_look_that_is_cut_short_says_so(store: RedisStore, server: redis.Redis) -> None:
    with server.pipeline() as pipeline:
        for number in range(10 * BATCH_KEYS):
            pipeline.set(f"dealradarus:v1:tag:{number}", "x")
        pipeline.execute()

    found = census.take(store.reads, max_steps=2)

    assert not found.is_whole
    assert 0 < found.counts["versions"] < 10 * BATCH_KEYS
