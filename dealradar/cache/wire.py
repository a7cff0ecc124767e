"""Commands out and replies back: one round trip, one deadline, never another question's answer."""

import time
from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from redis.backoff import NoBackoff
from redis.connection import Connection, parse_url
from redis.exceptions import MaxConnectionsError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from dealradar.cache.breaker import Breaker
from dealradar.cache.connections import CleanConnection, Command, Pool, Reply
from dealradar.cache.events import Did, Event, Observer, ignore
from dealradar.cache.servers import WHO_IS_IT, Acquaintance, run_id_in


class Trouble(StrEnum):
    """Why the store didn't do what it was asked."""

    BREAKER_OPEN = "breaker_open"
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"
    BUSY = "busy"
    REFUSED = "refused"
    DISABLED = "disabled"
    OWN_WRITE = "own_write"


class StoreUnavailableError(Exception):
    """The store didn't do what it was asked; *reason* says why in a word, the text in full."""

    def __init__(self, reason: Trouble, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason

    def __str__(self) -> str:
        return f"The cache store is unavailable ({self.reason}): {self.args[1]}"


class Wire:
    """A bounded pool of connections to one server, shared by threads, made anew in a forked child.

    It tries once: who reads the cache has the database to turn to, who invalidates keeps owing. Given an
    *acquaintance*, it asks on each new connection which server that leads to, and uses none that leads to another than
    the one met last. What becomes of each round trip is told to *observe*.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float,
        max_connections: int,
        breaker: Breaker,
        acquaintance: Acquaintance | None = None,
        observe: Observer = ignore,
    ) -> None:
        self.breaker = breaker
        self._observe = observe
        self._timeout_s = timeout_s
        self._acquaintance = acquaintance
        told = parse_url(url)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        kind = told.pop("connection_class", Connection)
        make = partial(
            type("CleanConnection", (CleanConnection, kind), {}),
            **{
                **told,
                "socket_timeout": timeout_s,
                "socket_connect_timeout": timeout_s,
                "retry": Retry(NoBackoff(), 0),
                "decode_responses": False,
                # The second protocol and no introduction: connecting then costs no round trip of its own.
                "protocol": 2,
                "driver_info": None,
            },
        )
        self._pool = Pool(make, max_connections)

    def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Send *commands* in one go and return their replies; all are carried out, or none is known to be.

        A key that holds another type than asked for counts as absent.

        Raises:
            StoreUnavailableError: The breaker is open, the server can't be reached, doesn't answer in time, or refuses.
        """
        if not self.breaker.allows():
            raise StoreUnavailableError(Trouble.BREAKER_OPEN, self.breaker.circuit.last_error or "")
        try:
            replies = self._exchange(commands)
        except (RedisError, OSError) as error:
            if not isinstance(error, MaxConnectionsError):  # our own want of connections, no fault of the server's
                self.breaker.failed(f"{type(error).__name__}: {error}")
            raise self._unavailable(error) from error
        if not self.breaker.succeeded():
            raise StoreUnavailableError(Trouble.BREAKER_OPEN, self.breaker.circuit.last_error or "")
        return self._accepted(replies)

    def probe(self, commands: Sequence[Command]) -> list[Reply]:
        """Exchange *commands* past the breaker, which hears nothing of it.

        Raises:
            StoreUnavailableError: The server can't be reached, doesn't answer in time, or refuses.
        """
        try:
            return self._accepted(self._exchange(commands))
        except (RedisError, OSError) as error:
            raise self._unavailable(error) from error

    def drop_idle(self) -> None:
        """Close the connections that nobody is using."""
        self._pool.drop_idle()

    def _unavailable(self, error: RedisError | OSError) -> StoreUnavailableError:
        reason = _trouble_of(error)
        if reason is not Trouble.BUSY:
            self.drop_idle()
        return StoreUnavailableError(reason, str(error))

    def close(self) -> None:
        """Close every connection; the next exchange opens a new one."""
        self._pool.close()

    def _exchange(self, commands: Sequence[Command]) -> list[Reply | ResponseError]:
        began_s = time.monotonic()
        outcome: str = "failed"
        try:
            replies = self._make_exchange(commands, deadline_s=began_s + self._timeout_s)
            outcome = "done"
        except (RedisError, OSError) as error:
            outcome = _trouble_of(error)
            raise
        finally:
            self._observe(Event(Did.ROUND_TRIP, outcome, time.monotonic() - began_s, keys=len(commands)))
        return replies

    def _make_exchange(self, commands: Sequence[Command], *, deadline_s: float) -> list[Reply | ResponseError]:
        connection = self._pool.take()
        try:
            if self._acquaintance is not None:
                self._meet(connection, self._acquaintance, deadline_s)
            return connection.converse(commands, deadline_s)
        except BaseException:
            # Whatever broke in, be it a signal's exception, the replies still due must find nobody listening.
            connection.disconnect()
            raise
        finally:
            self._pool.give_back(connection)

    def _meet(self, connection: CleanConnection, acquaintance: Acquaintance, deadline_s: float) -> None:
        if connection.run_id is not None and connection.run_id == acquaintance.run_id:
            return
        if connection.run_id is not None:
            connection.disconnect()  # it leads to a server that was replaced
            connection.connect()
        (reply,) = connection.converse([WHO_IS_IT], deadline_s)
        connection.run_id = run_id_in(reply)
        acquaintance.met(connection.run_id)

    def _accepted(self, replies: list[Reply | ResponseError]) -> list[Reply]:
        accepted: list[Reply] = []
        for reply in replies:
            if not isinstance(reply, ResponseError):
                accepted.append(reply)
            elif str(reply).startswith("WRONGTYPE"):
                accepted.append(None)
            else:
                self._refuse(reply)
        return accepted

    def _refuse(self, reply: ResponseError) -> None:
        if isinstance(reply, ReadOnlyError):  # a primary that was demoted: its name may point elsewhere by now
            self.drop_idle()
        raise StoreUnavailableError(Trouble.REFUSED, str(reply)) from reply


def _trouble_of(error: RedisError | OSError) -> Trouble:
    if isinstance(error, MaxConnectionsError):
        return Trouble.BUSY
    return Trouble.TIMEOUT if isinstance(error, RedisTimeoutError) else Trouble.DISCONNECTED
