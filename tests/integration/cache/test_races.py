"""What may interleave, forced to; and what may vanish, made to."""

from typing import Any

import pytest
import redis
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from dealradar.cache import Hit, Miss, RedisStore, Versions
from tests.factories.entries import entry
from tests.integration.cache.conftest import PATIENT
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


class Interleavings(RuleBasedStateMachine):
    """Readers that take their time, writers, and an eviction that takes what it likes; one fact in the database."""

    readers = Bundle("readers")
    url: str

    @initialize()
    def start(self) -> None:
        self.server = redis.Redis.from_url(self.url)
        self.server.flushdb()
        self.store = RedisStore(self.url, PATIENT)
        self.fact = 0

    @rule(target=readers)
    def begin_to_read(self) -> tuple[Versions, int]:
        found = self.store.lookup(KEY, TAGS)
        versions = self.store.versions(TAGS, found if isinstance(found, Miss) else None)
        assert versions is not None
        return versions, self.fact

    @rule(reader=readers)
    def finish_reading(self, reader: tuple[Versions, int]) -> None:
        versions, fact = reader
        self.store.put(KEY, entry(body=b"%d" % fact, versions=versions))

    @rule(tag=st.sampled_from(TAGS))
    def write(self, tag: str) -> None:
        self.fact += 1
        self.store.bump([tag])

    @rule(key=st.sampled_from([KEY, *(f"dealradarus:v1:tag:{tag}" for tag in TAGS)]))
    def evict(self, key: str) -> None:
        self.server.delete(key)

    @rule()
    def look_up(self) -> None:
        found = self.store.lookup(KEY, TAGS)
        if isinstance(found, Hit):
            assert found.entry.body == b"%d" % self.fact

    def teardown(self) -> None:
        self.store.close()
        self.server.close()


def test_in_no_order_of_reads_writes_and_evictions_is_an_old_fact_served(redis_url: str) -> None:
    machine: Any = type("Interleavings", (Interleavings,), {"url": redis_url})

    machine.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
    machine.TestCase().runTest()
