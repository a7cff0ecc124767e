"""The pool of connections to the store: bounded, its idle ones looked at before they are used."""

import time
from collections.abc import Iterator
from functools import partial

import pytest
import redis
from redis.connection import Connection, parse_url
from redis.exceptions import MaxConnectionsError, RedisError

from dealradar.cache.connections import CleanConnection, Pool
from tests.servers.valkey import Valkey

CLASS = type("Tested", (CleanConnection, Connection), {})


def made(url: str) -> partial[CleanConnection]:
    """Return what makes connections to *url*."""
    told = parse_url(url)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    return partial(CLASS, **told, protocol=2, driver_info=None)


@pytest.fixture
def pool(redis_url: str) -> Iterator[Pool]:
    """Return a pool of two connections."""
    pool = Pool(made(redis_url), 2)
    yield pool
    pool.close()


def ping(connection: CleanConnection) -> bool:
    """Return whether *connection* works."""
    return connection.converse([("PING",)], time.monotonic() + 5) == [b"PONG"]


def test_the_one_that_was_used_last_is_taken_first(pool: Pool) -> None:
    first, second = pool.take(), pool.take()
    pool.give_back(first)
    pool.give_back(second)

    assert pool.take() is second
    assert pool.take() is first


def test_there_are_no_more_than_it_may_have(pool: Pool) -> None:
    taken = [pool.take(), pool.take()]

    with pytest.raises(MaxConnectionsError):
        pool.take()
    pool.give_back(taken.pop())
    assert ping(pool.take())


def test_one_that_the_server_has_closed_is_connected_anew(pool: Pool, server: redis.Redis) -> None:
    connection = pool.take()
    (name,) = connection.converse([("CLIENT", "ID")], time.monotonic() + 5)
    pool.give_back(connection)
    server.client_kill_filter(_id=str(name))

    assert ping(pool.take())


def test_a_reply_that_nobody_waited_for_is_not_the_next_ones(pool: Pool) -> None:
    connection = pool.take()
    sock = connection._sock  # noqa: SLF001  as who was broken off left it
    assert sock is not None
    sock.sendall(b"*1\r\n$4\r\nPING\r\n")
    while connection.is_ready:
        pass
    pool.give_back(connection)

    (reply,) = pool.take().converse([("ECHO", "mine")], time.monotonic() + 5)

    assert reply == b"mine"


def test_the_idle_ones_are_dropped_and_those_in_use_left(pool: Pool) -> None:
    used, idle = pool.take(), pool.take()
    pool.give_back(idle)

    pool.drop_idle()

    assert ping(used)
    assert not idle.is_ready
    assert ping(pool.take())


def test_what_only_a_crowd_needed_is_closed_after_a_while(redis_url: str) -> None:
    pool = Pool(made(redis_url), 3, idle_s=0.05)
    crowd = [pool.take() for _ in range(3)]
    for connection in crowd:
        pool.give_back(connection)
    time.sleep(0.1)

    for _ in range(4):
        used = pool.take()
        assert ping(used)
        pool.give_back(used)

    assert [connection.is_ready for connection in crowd] == [False, False, True]
    assert len({id(pool.take()) for _ in range(3)}) == 3
    pool.close()


def test_one_that_cant_be_connected_can_be_tried_again(valkey: Valkey) -> None:
    pool = Pool(made(valkey.url), 1)
    valkey.kill()
    for _ in range(3):
        with pytest.raises(RedisError):
            pool.take()
    valkey.start()

    assert ping(pool.take())
    pool.close()
