"""Counting goes on while Redis is away, from where it was, and nothing is forgotten when it is back."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import redis
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from tests.applications import Make
from tests.factories.people import token_for
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey

UNCACHED: Final = "/api/nowhere"
"""Counted like any other path, and nothing else is asked of Redis for it."""
PATIENCE_S: Final = 2.0
"""Far more than one timeout on a busy machine, far less than a client library's own retries."""
QUOTA: Final = 1_000_000
UNHURRIED_MS: Final = 5_000
"""For tests of a Redis that answers or is dead: on a busy machine it is not to pass for one that hangs."""


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Return a store that may be killed; what it knew is lost then."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.kill()


def _get(client: FlaskClient, **headers: str) -> Any:
    return client.get(UNCACHED, environ_base={"REMOTE_ADDR": "192.0.2.1"}, headers=headers)


def _count(client: FlaskClient) -> int:
    return QUOTA - int(_get(client).headers["X-RateLimit-Remaining"])


def _count_in(valkey: Valkey) -> int:
    with redis.Redis.from_url(valkey.url) as store:
        return sum(int(store.get(counter) or 0) for counter in store.scan_iter("dealradarus:limit:v1:*"))


def _asked_until_redis_counts(client: FlaskClient, valkey: Valkey) -> int:
    asked, deadline_s = 0, time.monotonic() + 10
    while not _count_in(valkey):
        assert time.monotonic() < deadline_s
        _get(client)
        asked += 1
    return asked


def test_a_quota_that_is_used_up_stays_so_without_redis(make: Make, valkey: Valkey) -> None:
    client = make(redis_url=valkey.url, cache_timeout_ms=UNHURRIED_MS, rate_limit_max_requests=3).test_client()
    before = [_get(client).status_code for _ in range(2)]

    valkey.kill()
    without = [_get(client) for _ in range(2)]

    assert before == [404, 404]
    assert [answer.status_code for answer in without] == [404, 429]
    assert without[0].headers["RateLimit-Policy"] == '"address";q=3;w=900'


def test_after_a_restart_that_lost_everything_redis_is_told_all_that_was_counted(make: Make, valkey: Valkey) -> None:
    client = make(redis_url=valkey.url, cache_timeout_ms=UNHURRIED_MS).test_client()
    for _ in range(2):
        _get(client)
    valkey.kill()
    for _ in range(3):
        _get(client)

    valkey.start()
    asked = 5 + _asked_until_redis_counts(client, valkey)

    assert _count_in(valkey) == asked
    assert _count(client) == asked + 1


def test_what_each_process_counted_alone_is_added_once_redis_counts_again(make: Make, valkey: Valkey) -> None:
    processes = [make(redis_url=valkey.url, cache_timeout_ms=UNHURRIED_MS).test_client() for _ in range(2)]
    _count(processes[0])
    with redis.Redis.from_url(valkey.url) as store:
        store.config_set("maxmemory", 1)
        alone = [[_count(process) for _ in range(3)] for process in processes]
        store.config_set("maxmemory", 0)

    together = [_count(process) for process in (*processes, *processes)]

    assert alone == [[2, 3, 4], [1, 2, 3]]
    assert together == [5, 9, 10, 11]


def test_a_window_that_began_without_redis_ends_when_it_would_have(make: Make, valkey: Valkey) -> None:
    client = make(redis_url=valkey.url, cache_timeout_ms=UNHURRIED_MS, rate_limit_window_ms=3_600_000).test_client()
    _get(client)
    with redis.Redis.from_url(valkey.url) as store:
        (counter,) = store.scan_iter("dealradarus:limit:v1:*")
        store.pexpire(counter, 60_000)
    _get(client)
    valkey.kill()
    _get(client)

    valkey.start()
    _asked_until_redis_counts(client, valkey)

    with redis.Redis.from_url(valkey.url) as store:
        assert 0 < store.pttl(counter) <= 60_000


def test_a_redis_that_hangs_costs_one_short_timeout(make: Make, redis_url: str, alice: User) -> None:
    with Proxy(redis_url).running() as proxy:
        client = make(redis_url=proxy.url, cache_timeout_ms=200).test_client()
        bearer = {"Authorization": f"Bearer {token_for(alice)}"}
        _get(client, **bearer)
        proxy.hold()
        started_s = time.monotonic()

        answer = _get(client, **bearer)

        assert 0.2 <= time.monotonic() - started_s < PATIENCE_S
        assert '"address";r=999998;' in answer.headers["RateLimit"]
        assert '"caller";r=999998;' in answer.headers["RateLimit"]


def test_when_redis_is_back_all_count_there_again(make: Make, redis_url: str) -> None:
    with Proxy(redis_url).running() as proxy, redis.Redis.from_url(redis_url) as store:
        client = make(redis_url=proxy.url, cache_timeout_ms=50).test_client()
        _get(client)
        (counter,) = store.scan_iter("dealradarus:limit:v1:*")
        proxy.hold()
        _get(client)
        proxy.release()
        store.set(counter, 500, keepttl=True)

        deadline_s = time.monotonic() + 10
        while _count(client) <= 500:
            assert time.monotonic() < deadline_s


def test_without_redis_from_the_start_each_process_counts_on_its_own(make: Make) -> None:
    client = make(redis_url="redis://127.0.0.1:1/0", rate_limit_max_requests=2).test_client()

    answers = [_get(client) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[0].headers["X-RateLimit-Remaining"] == "1"


def test_without_the_cache_each_process_counts_on_its_own_and_asks_no_store(make: Make) -> None:
    nowhere = {"cache_enabled": False, "redis_url": "redis://127.0.0.1:1/0"}
    one, other = (make(**nowhere, rate_limit_max_requests=2).test_client() for _ in range(2))

    codes = [_get(client).status_code for client in (one, one, one, other)]

    assert codes == [404, 404, 429, 404]
