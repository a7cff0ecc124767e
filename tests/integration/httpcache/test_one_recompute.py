"""However many ask for what isn't there, one computes it; and nobody waits for nothing, or for long."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier

import pytest
import redis

from dealradar.cache import Lease, RedisStore
from dealradar.cache.connections import Command, Reply
from dealradar.cache.keys import lease_key
from dealradar.cache.leases import LEASE_S
from dealradar.httpcache.flights import Turn
from dealradar.httpcache.origins import Origin
from dealradar.httpcache.recompute import Computed
from dealradar.httpcache.serving import Source, XCache, serve
from tests.integration.httpcache.recomputing import PATIENCE_S, View, at_once, plan, process, until, waiting
from tests.servers.valkey import Valkey


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    """Return a client of the store's database, which is empty."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


@pytest.fixture
def here(redis_url: str, server: redis.Redis) -> Iterator[Origin]:  # noqa: ARG001  emptied
    """Return one process."""
    with process(redis_url) as here:
        yield here


@pytest.fixture
def there(redis_url: str) -> Iterator[Origin]:
    """Return another one."""
    with process(redis_url) as there:
        yield there


def test_fifty_threads_on_a_cold_key_compute_it_once(here: Origin) -> None:
    view = View(takes_s=0.15)

    answers = at_once([here], view, each=50)

    assert view.calls == 1
    assert {answer.body for answer in answers} == {b"fresh"}
    assert [answer.collapsed for answer in answers if answer.x_cache is XCache.MISS].count(False) == 1


def test_two_processes_on_a_cold_key_compute_it_once(here: Origin, there: Origin) -> None:
    view = View(takes_s=0.15)

    answers = at_once([here, there], view, each=10)

    assert view.calls == 1
    assert {answer.body for answer in answers} == {b"fresh"}


@pytest.fixture
def exchanges(here: Origin, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the names of the commands of each exchange of this process with the store, so far."""
    told: list[list[str]] = []
    assert isinstance(here.store, RedisStore)
    exchange = here.store.reads.exchange

    def note(commands: Sequence[Command]) -> list[Reply]:
        told.append([str(name) for name, *_ in commands])
        return exchange(commands)

    monkeypatch.setattr(here.store.reads, "exchange", note)
    return told


def test_what_nobody_has_computed_lately_is_looked_up_leased_and_stored(
    here: Origin, exchanges: list[list[str]]
) -> None:
    here.store.versions(plan().tags)  # another answer depends on them as well
    exchanges.clear()

    serve(here, plan(), Source(View()))

    looked_up, leased, stored = exchanges
    assert set(looked_up) == {"GET"}
    assert leased == ["XREVRANGE", "SET", "PTTL"]
    assert stored == ["SET", *["EXPIRE"] * len(plan().tags), "EVAL", "XADD", "PEXPIRE"]


def test_what_somebody_has_computed_a_moment_ago_is_looked_up_once_more(
    here: Origin, there: Origin, exchanges: list[list[str]]
) -> None:
    serve(there, plan(), Source(View()))
    there.store.bump(plan().tags[:1])

    serve(here, plan(), Source(View()))

    _, leased, looked_up, _ = exchanges
    assert leased[0] == "XREVRANGE"
    assert set(looked_up) == {"GET"}


def test_who_missed_before_it_was_stored_and_gets_the_lease_after_it_does_not_compute_it(
    here: Origin, there: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_turn = here.flights.turn

    def come_late(key: str, *, deadline_s: float) -> AbstractContextManager[Turn]:
        serve(there, plan(), Source(View(b"by another")))
        return take_turn(key, deadline_s=deadline_s)

    monkeypatch.setattr(here.flights, "turn", come_late)
    view = View()

    late = serve(here, plan(), Source(view))

    assert (late.body, late.collapsed, view.calls) == (b"by another", True, 0)


def test_who_waits_gets_the_other_process_s_answer_and_says_so(here: Origin, there: Origin) -> None:
    view = View()
    view.hold()
    with ThreadPoolExecutor() as pool:
        leading = pool.submit(serve, here, plan(), Source(view))
        view.called.wait(PATIENCE_S)
        following = pool.submit(serve, there, plan(), Source(View(b"not to be computed")))
        until(lambda: waiting() == 1)
        view.may_return.set()

    answers = (leading.result(), following.result())
    assert [answer.body for answer in answers] == [b"fresh"] * 2
    assert [(answer.x_cache, answer.collapsed) for answer in answers] == [(XCache.MISS, False), (XCache.MISS, True)]


@pytest.mark.parametrize("followers_share_the_process", [True, False])
def test_who_waits_never_gets_what_a_write_made_stale(
    here: Origin, there: Origin, *, followers_share_the_process: bool
) -> None:
    view = View(b"before")
    view.hold()
    with ThreadPoolExecutor() as pool:
        leading = pool.submit(serve, here, plan(), Source(view))
        view.called.wait(PATIENCE_S)
        view.body = b"after"
        there.store.bump(["deal:123"])
        asking = here if followers_share_the_process else there
        following = [pool.submit(serve, asking, plan(), Source(view)) for _ in range(3)]
        until(lambda: waiting() == len(following))
        view.may_return.set()

    assert leading.result().body == b"before"
    assert {one.result().body for one in following} == {b"after"}


@pytest.mark.parametrize("followers_share_the_process", [True, False])
def test_an_error_wakes_who_waits_and_they_compute_all_at_once(
    here: Origin, there: Origin, *, followers_share_the_process: bool
) -> None:
    missing = View(error=LookupError("no such deal"))
    missing.hold()
    together = Barrier(3)

    def compute() -> Computed:
        together.wait(PATIENCE_S)  # passes only if none of them waits for another
        return Computed(b"found")

    with ThreadPoolExecutor() as pool:
        leading = pool.submit(serve, here, plan(), Source(missing))
        missing.called.wait(PATIENCE_S)
        asking = [here] * 3 if followers_share_the_process else [here, here, there]
        following = [pool.submit(serve, one, plan(), Source(compute)) for one in asking]
        until(lambda: waiting() == len(following))
        missing.may_return.set()

    assert isinstance(leading.exception(), LookupError)
    assert [one.result().body for one in following] == [b"found"] * 3


def test_a_dead_owner_s_key_is_taken_over_within_about_a_second(here: Origin, there: Origin) -> None:
    assert isinstance(here.store.leases.take(plan().key), Lease)
    here.store.leases.close()  # renews no more, as a killed process doesn't
    started_s = time.monotonic()

    answer = serve(there, plan(), Source(View()))

    assert answer.stored
    assert time.monotonic() - started_s < LEASE_S + 1.0


def test_who_has_waited_long_enough_computes_it_too(redis_url: str, here: Origin) -> None:
    assert isinstance(here.store.leases.take(plan().key), Lease)

    with process(redis_url, wait_s=0.05) as impatient:
        answer = serve(impatient, plan(), Source(View()))

    assert (answer.body, answer.collapsed) == (b"fresh", False)


def test_without_a_lease_to_be_had_an_answer_is_stored_all_the_same(redis_url: str, server: redis.Redis) -> None:
    server.set(lease_key(plan().key), "somebody for ever")

    with process(redis_url, wait_s=0.05) as impatient:
        answers = [serve(impatient, plan(), Source(View())) for _ in range(2)]

    assert [answer.x_cache for answer in answers] == [XCache.MISS, XCache.HIT]


def test_a_store_that_dies_lets_who_waits_go_on_at_once(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    with process(valkey.url) as here, process(valkey.url) as there, ThreadPoolExecutor() as pool:
        assert isinstance(here.store.leases.take(plan().key), Lease)
        with redis.Redis.from_url(valkey.url) as server:
            waiting = pool.submit(serve, there, plan(), Source(View()))
            until(lambda: server.info("clients")["blocked_clients"] > 0)
        started_s = time.monotonic()

        valkey.kill()

        assert waiting.result(PATIENCE_S).body == b"fresh"
        assert time.monotonic() - started_s < 1.0


def test_the_database_is_asked_by_so_many_at_once_as_there_are_places(redis_url: str, server: redis.Redis) -> None:
    server.flushdb()
    view = View(takes_s=0.02)
    with process(redis_url, places=2) as here, ThreadPoolExecutor(12) as pool:
        plans = [plan(f"/reviews/deal/{number}") for number in range(24)]
        answers = list(pool.map(lambda one: serve(here, one, Source(view)), plans))

    assert (view.calls, view.busiest) == (24, 2)
    assert all(answer.stored for answer in answers)


def test_who_finds_no_place_in_time_goes_on_without(redis_url: str, server: redis.Redis) -> None:
    server.flushdb()
    with process(redis_url, places=1, wait_s=0.05) as here, here.recompute.shield.place():
        answer = serve(here, plan(), Source(View()))

    assert answer.stored
