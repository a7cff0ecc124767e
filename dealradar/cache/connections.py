"""Connections to one server: redis-py makes them, a pool of our own hands them out (ADRs 0023, 0054, 0077)."""

import os
import socket
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, Final

from hiredis import pack_command
from redis._parsers.hiredis import NOT_ENOUGH_DATA
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MaxConnectionsError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from dealradar import sockets

Command = tuple[str | bytes | int, ...]
Reply = bytes | int | list["Reply"] | None

MAX_IDLE_S: Final = 60.0
"""How long a connection may lie idle, so that a crowd's don't stay."""

LEAST_S: Final = 0.000_001
"""A timeout of 0 would mean not to wait at all, which is told by another error."""


class CleanConnection(AbstractConnection):
    """One that is closed again when something breaks in while it connects.

    redis-py would put it back as it is: with a reply still due, or before it had chosen its database. *run_id* is that
    of the server it leads to, None until that is known.
    """

    run_id: str | None = None
    idle_since_s = 0.0
    """When it was last given back, by the monotonic clock."""

    def connect(self) -> None:
        """Connect, or leave nothing behind."""
        try:
            super().connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        except BaseException:
            self.disconnect()
            raise

    @property
    def is_ready(self) -> bool:
        """Whether it is connected, its server has not hung up, and nothing is due that nobody asked for."""
        sock = self._sock
        if sock is None:
            return False
        reader = self._parser._reader  # noqa: SLF001  its base class is made of them
        return reader is not None and not reader.has_data() and sockets.is_silent(sock)

    def converse(self, commands: Sequence[Command], deadline_s: float) -> list[Reply | ResponseError]:
        """Send *commands* in one go and return their replies, by *deadline_s* of the monotonic clock.

        redis-py's own way from a list of commands to their replies takes four times as long (ADR 0054).

        Raises:
            RedisError: The server is gone, or not all replies are here in time.
        """
        sock, reader = self._sock, self._parser._reader  # noqa: SLF001  its base class is made of them
        if sock is None or reader is None:
            raise RedisConnectionError("The connection was closed meanwhile.")
        replies: list[Reply | ResponseError] = []
        try:
            sock.settimeout(max(LEAST_S, deadline_s - time.monotonic()))
            self._send(sock, b"".join(map(pack_command, commands)))
            while len(replies) < len(commands):
                reply = reader.gets(False)  # noqa: FBT003  hiredis' own signature: as bytes
                if reply is NOT_ENOUGH_DATA:
                    reader.feed(self.receive(sock, deadline_s))
                    continue
                if isinstance(reply, RedisConnectionError):  # it speaks of the whole server: that it is loading, say
                    raise reply
                replies.append(reply)
        except TimeoutError as error:
            raise RedisTimeoutError("The store has not answered in time.") from error
        except OSError as error:
            raise RedisConnectionError(str(error)) from error
        return replies

    @staticmethod
    def _send(sock: socket.socket, data: bytes) -> None:
        sent_bytes = sockets.send(sock, data)
        if sent_bytes < len(data):
            sock.sendall(data[sent_bytes:])

    @staticmethod
    def receive(sock: socket.socket, deadline_s: float) -> bytes:
        """Return what *sock* brings next.

        Raises:
            RedisConnectionError: That is its end.
            OSError: Something is wrong with it, or *deadline_s* is over.
        """
        sock.settimeout(max(LEAST_S, deadline_s - time.monotonic()))
        piece = sock.recv(sockets.PIECE_BYTES)
        if not piece:
            raise RedisConnectionError("The server has closed the connection.")
        return piece

    def disconnect(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  whatever redis-py passes
        """Close it, whatever state it is in."""
        self.run_id = None  # what is connected next may be another server
        super().disconnect(*args, **kwargs)  # type: ignore[no-untyped-call]  # likewise


class Pool:
    """Up to *max_connections* connections that *make* has made, each to be taken and given back by one at a time.

    Threads share it. A forked child begins without any: those are its parent's. The one used last is taken first, so
    that what the load of a moment needed falls idle; after *idle_s* seconds it is closed.
    """

    def __init__(
        self, make: Callable[[], CleanConnection], max_connections: int, *, idle_s: float = MAX_IDLE_S
    ) -> None:
        self._make = make
        self._max_connections = max_connections
        self._idle_s = idle_s
        self.forget()
        _POOLS.add(self)

    def forget(self) -> None:
        """Begin anew, and leave the connections as they are."""
        self._all: list[CleanConnection] = []
        self._idle: list[CleanConnection] = []
        self._making = Lock()

    def take(self) -> CleanConnection:
        """Return a connection that can be used, made or connected anew if need be.

        Raises:
            MaxConnectionsError: All are in use.
            RedisError: It can't be connected.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._another()
        if connection.is_ready:
            return connection
        try:
            connection.disconnect()
            connection.connect()
        except BaseException:
            self.give_back(connection)
            raise
        return connection

    def give_back(self, connection: CleanConnection) -> None:
        """Let others take *connection*."""
        connection.idle_since_s = time.monotonic()
        self._idle.append(connection)
        self._close_one_too_many(connection.idle_since_s)

    def drop_idle(self) -> None:
        """Close the connections that nobody is using."""
        dropped = []
        with suppress(IndexError):  # others take from the same list
            while True:
                dropped.append(self._idle.pop())
                dropped[-1].disconnect()
        self._idle.extend(dropped)

    def close(self) -> None:
        """Close all connections, also under those who use them."""
        for connection in tuple(self._all):
            connection.disconnect()

    def _close_one_too_many(self, now_s: float) -> None:
        """Close the connection that was idle for longest, if that is too long."""
        with suppress(IndexError):  # others take from the same list
            if now_s - self._idle[0].idle_since_s > self._idle_s:
                longest = self._idle.pop(0)
                longest.disconnect()  # whichever it is by now: it is ours alone
                self._all.remove(longest)

    def _another(self) -> CleanConnection:
        with self._making:
            if len(self._all) >= self._max_connections:
                raise MaxConnectionsError
            connection = self._make()
            self._all.append(connection)
        return connection


_POOLS: Final["weakref.WeakSet[Pool]"] = weakref.WeakSet()


def _forget_all() -> None:
    for pool in _POOLS:
        pool.forget()


os.register_at_fork(after_in_child=_forget_all)
