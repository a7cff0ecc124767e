"""What the servers that are depended on say of themselves."""

import time
from dataclasses import dataclass
from typing import Final

import psycopg
import redis
from sqlalchemy import URL, Engine, text

TIMEOUT_S: Final = 0.5


@dataclass(frozen=True)
class StoreReading:
    """The cache store's own numbers."""

    keys: int
    memory_bytes: int
    max_memory_bytes: int
    evictions: int
    expirations: int
    clients: int


class DatabaseAwayError(Exception):
    """The database let nobody in."""


def ping_redis(url: str) -> None:
    """Return when the Redis at *url* has answered.

    Raises:
        RedisError: It can't be reached, or takes longer than `TIMEOUT_S`.
    """
    with redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as server:
        server.ping()


def time_redis(url: str, *, pings: int) -> float:
    """Return how many seconds the fastest of some *pings* took at the Redis at *url*, without connecting.

    Raises:
        RedisError: It can't be reached, or takes longer than `TIMEOUT_S`.
    """
    with redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as server:
        server.ping()
        return min(_time_ping(server) for _ in range(pings))


def _time_ping(server: redis.Redis) -> float:
    began_s = time.monotonic()
    server.ping()
    return time.monotonic() - began_s


def reach_database(url: URL, *, patience_s: int) -> None:
    """Return when the database has answered over a connection of its own, which none of the pool has to be free for.

    Raises:
        DatabaseAwayError: It can't be reached, or hasn't let anybody in after *patience_s*.
    """
    known = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        psycopg.connect(known, connect_timeout=patience_s).close()
    except psycopg.Error as error:
        raise DatabaseAwayError(f"No connection: {_reason(error)}.") from None


def _reason(error: psycopg.Error) -> str:
    """Return the end of the first line that the driver says; what is before it names hosts."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rsplit("failed: ", 1)[-1]


def ping_database(engine: Engine) -> None:
    """Return when the database has answered.

    Raises:
        SQLAlchemyError: It can't be reached.
    """
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def hold(url: str, key: str, *, by: str, for_s: int) -> bool:
    """Return whether *key* of the Redis at *url* is held *by* that name, which from now on holds it *for_s* if so.

    Raises:
        RedisError: It can't be reached, or takes longer than `TIMEOUT_S`.
    """
    with redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as server:
        if server.set(key, by, nx=True, ex=for_s):
            return True
        if server.get(key) != by.encode():
            return False
        server.expire(key, for_s)
        return True


def read_store(url: str) -> StoreReading | None:
    """Return what the Redis at *url* holds, None when it doesn't answer within `TIMEOUT_S`."""
    try:
        with redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as server:
            info = server.info()
            return StoreReading(
                keys=server.dbsize(),
                memory_bytes=info["used_memory"],
                max_memory_bytes=info["maxmemory"],
                evictions=info["evicted_keys"],
                expirations=info["expired_keys"],
                clients=info["connected_clients"],
            )
    except redis.RedisError:
        return None
