"""What the servers that are depended on say of themselves."""

from dataclasses import dataclass
from typing import Final

import redis
from sqlalchemy import Engine, text

TIMEOUT_S: Final = 0.5


@dataclass(frozen=True)
class StoreReading:
    """The cache store's own numbers."""

    keys: int
    memory_bytes: int
    max_memory_bytes: int
    evictions: int


def ping_redis(url: str) -> None:
    """Return when the Redis at *url* has answered.

    Raises:
        RedisError: It can't be reached, or takes longer than `TIMEOUT_S`.
    """
    with redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as server:
        server.ping()


def ping_database(engine: Engine) -> None:
    """Return when the database has answered.

    Raises:
        SQLAlchemyError: It can't be reached.
    """
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


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
            )
    except redis.RedisError:
        return None
