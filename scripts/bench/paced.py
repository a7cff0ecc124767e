"""Requests at a fixed rate, whether or not those before were answered: what a stall delays counts as late.

The time of an answer is counted from when its request was meant to be sent (what wrk2 calls the intended time), since a
client that waits for an answer before it asks on sends least while the server is slowest.
"""

import select
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scripts.load.connection import Answer, Connection
from scripts.load.histogram import Histogram
from scripts.load.requests import Request, head
from scripts.refused import RefusedError

CONNECTIONS: Final = 50
PATIENCE_S: Final = 10.0
"""For so long nothing may be answered while everybody waits."""
_US: Final = 1_000_000
_OK: Final = 200


@dataclass
class Stream:
    """Requests of *paths*, so many a second; *taken* says how long their answers took."""

    name: str
    paths: Iterator[str]
    rate_per_s: float
    taken: Histogram = field(default_factory=Histogram)
    sent: int = 0

    def due_s(self) -> float:
        """Return when the next one is meant to be sent, in seconds after the start."""
        return self.sent / self.rate_per_s


def play(port: int, streams: Sequence[Stream], *, duration_s: float) -> Mapping[str, Histogram]:
    """Ask at *port* for *duration_s*, and return how long the answers of each stream took.

    Raises:
        RefusedError: Something was answered with an error, or not at all.
    """
    player = _Player(port)
    try:
        player.play(streams, duration_s=duration_s)
    finally:
        player.close()
    return {stream.name: stream.taken for stream in streams}


class _Player:
    """Sends over connections that are kept; who finds none free waits, and its time with it."""

    def __init__(self, port: int) -> None:
        self._poll = select.epoll()
        self._connections = {one.socket.fileno(): one for one in (Connection(port) for _ in range(CONNECTIONS))}
        self._free = deque(self._connections.values())
        self._asked: dict[Connection, Stream] = {}
        for number in self._connections:
            self._poll.register(number, select.EPOLLIN)

    def play(self, streams: Sequence[Stream], *, duration_s: float) -> None:
        began_s = time.perf_counter()
        while True:
            stream = min(streams, key=Stream.due_s)
            due_s = stream.due_s()
            if due_s >= duration_s:
                break
            wait_s = began_s + due_s - time.perf_counter()
            if wait_s <= 0 and self._free:
                self._send(stream, due_s=began_s + due_s)
            elif self._free:
                self._hear(wait_s)
            else:
                self._await()
        while self._asked:
            self._await()

    def close(self) -> None:
        for connection in self._connections.values():
            connection.socket.close()
        self._poll.close()

    def _send(self, stream: Stream, *, due_s: float) -> None:
        connection = self._free.popleft()
        request = Request(stream.name, head("GET", next(stream.paths), None, {}))
        connection.send(request, None, due_s=due_s)
        self._asked[connection] = stream
        stream.sent += 1

    def _await(self) -> None:
        if not self._hear(PATIENCE_S):
            raise RefusedError(f"nothing was answered within {PATIENCE_S:.0f} s")

    def _hear(self, at_most_s: float) -> bool:
        heard = self._poll.poll(at_most_s)
        for number, _ in heard:
            connection = self._connections[number]
            answer = connection.receive()
            if answer is not None:
                self._note(connection, answer)
        return bool(heard)

    def _note(self, connection: Connection, answer: Answer) -> None:
        stream = self._asked.pop(connection)
        if answer.status != _OK:
            raise RefusedError(f"{stream.name}: a request was answered with {answer.status}")
        stream.taken.add(int((time.perf_counter() - connection.due_s) * _US))
        self._free.append(connection)
