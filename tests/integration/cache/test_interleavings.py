"""In no order of reads, writes, expiries and evictions is an old fact served: found out at random."""

from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import pytest
import redis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dealradar.cache import Entry, Hit, Miss, RedisStore, Versions, entry_key, redis_store, versions
from dealradar.cache.store import judge
from tests.factories.entries import entry
from tests.integration.cache.conftest import PATIENT

TTL_S: Final = 600.0
FACTS: Final = ("deal:1", "user:7")
PAGES: Final = (("deal:1",), ("deal:1", "user:7"))
"""What each page depends on, as its policy says."""
KEYS: Final = tuple(entry_key(f"/page/{number}", {}) for number in range(len(PAGES)))
VERSION_KEYS: Final = tuple(f"dealradarus:v1:tag:{tag}" for tag in FACTS)
PROCESSES: Final = 2


@dataclass(frozen=True)
class Reader:
    """Somebody who has read versions and then the database, and has stored nothing yet."""

    page: int
    versions: Versions
    body: bytes


class Interleavings(RuleBasedStateMachine):
    """Readers and writers who take their time, in two processes; the model is a database of counters.

    A write is visible in the database before it is bumped, as between a commit and its bump. Until then a page may
    show either; once it is bumped, in no process anything older.
    """

    readers = Bundle("readers")
    writers = Bundle("writers")
    url: str

    @initialize()
    def start(self) -> None:
        self.server = redis.Redis.from_url(self.url)
        self.server.flushdb()
        self.stores = [RedisStore(self.url, PATIENT) for _ in range(PROCESSES)]
        self.committed = dict.fromkeys(FACTS, 0)
        self.bumped = dict.fromkeys(FACTS, 0)

    @rule(target=readers, process=st.integers(0, PROCESSES - 1), page=st.integers(0, len(PAGES) - 1))
    def begin_to_read(self, process: int, page: int) -> Reader:
        store = self.stores[process]
        found = store.lookup(KEYS[page], PAGES[page])
        read = store.versions(PAGES[page], found if isinstance(found, Miss) else None)
        assert read is not None
        return Reader(page, read, self._body(page))

    @rule(process=st.integers(0, PROCESSES - 1), reader=readers, is_old=st.booleans())
    def store_what_was_read(self, process: int, reader: Reader, *, is_old: bool) -> None:
        stored_at = {"stored_at_s": 0.0} if is_old else {}
        made = entry(body=reader.body, versions=reader.versions, ttl_s=TTL_S, **stored_at)
        self.stores[process].put(KEYS[reader.page], made)

    @rule(target=writers, tags=st.sets(st.sampled_from(FACTS), min_size=1))
    def commit(self, tags: set[str]) -> dict[str, int]:
        for tag in tags:
            self.committed[tag] += 1
        return {tag: self.committed[tag] for tag in tags}

    @rule(process=st.integers(0, PROCESSES - 1), written=writers)
    def bump(self, process: int, written: dict[str, int]) -> None:
        self.stores[process].bump(written)
        for tag, number in written.items():
            self.bumped[tag] = max(self.bumped[tag], number)

    @rule(lost=st.sets(st.sampled_from([*KEYS, *VERSION_KEYS]), min_size=1))
    def lose(self, lost: set[str]) -> None:
        self.server.delete(*lost)

    @invariant()
    def no_page_shows_what_was_before_a_bump(self) -> None:
        for store, (key, tags) in product(self.stores, zip(KEYS, PAGES, strict=True)):
            found = store.lookup(key, tags)
            if isinstance(found, Hit):
                assert found.age_s < TTL_S
                shown = map(int, found.entry.body.split(b","))
                assert all(number >= self.bumped[tag] for tag, number in zip(tags, shown, strict=True))

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.server.close()

    def _body(self, page: int) -> bytes:
        return b",".join(b"%d" % self.committed[tag] for tag in PAGES[page])


def run(redis_url: str, *phases: Phase) -> None:
    """Try many orders, the same ones each time; without a phase for it, what is found isn't made shorter."""
    machine: Any = type("Interleavings", (Interleavings,), {"url": redis_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=phases or tuple(Phase),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_in_no_order_of_reads_writes_and_losses_is_an_old_fact_served(redis_url: str) -> None:
    run(redis_url)


def believing(found: Entry, tags: tuple[str, ...], *, known: dict[str, str], now_s: float) -> Hit | Miss:
    return judge(found, tags, known={**known, **dict(found.versions)}, now_s=now_s)


def test_the_orders_that_are_tried_show_what_a_cache_without_versions_does(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_store, "judge", believing)

    with pytest.raises(AssertionError):
        run(redis_url, Phase.generate)


def test_the_orders_that_are_tried_show_what_versions_that_can_come_again_do(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "fresh", lambda: "the-only-one")

    with pytest.raises(AssertionError):
        run(redis_url, Phase.generate)
