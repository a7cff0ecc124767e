"""A process that asks, over its share of the connections, and tells each second what was answered."""

import select
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Final

from scripts.load.connection import Answer, Connection
from scripts.load.requests import Ground, Request
from scripts.load.tally import CUT, Kind, Tally
from scripts.load.traffic import Mix, Traffic

_PATIENCE_S: Final = 10.0
_LOOKS_EVERY_S: Final = 0.002
_US: Final = 1_000_000


@dataclass(frozen=True)
class Orders:
    """What a generator is to do from *begins_s* on, by the clock that never goes back.

    *rate_per_s* is None where each connection asks on as soon as it has its answer.
    """

    port: int
    mix: Mix
    ground: Ground
    seed: int
    connections: int
    rate_per_s: float | None
    duration_s: float
    begins_s: float


@dataclass(frozen=True)
class Second:
    """What was answered in the second that began *number* seconds after the start."""

    number: int
    tally: Tally


@dataclass(frozen=True)
class Done:
    """The end: the part of its time that the generator itself worked, and what it wanted to send and couldn't.

    *taken_s* is the time until the last answer.
    """

    cpu_share: float
    unsent: int
    taken_s: float


def run(orders: Orders, told: Pipe) -> None:
    """Ask as ordered; tell a `Second` after the other, and a `Done`."""
    generator = Generator(orders, told.send)
    told.send(generator.run())
    told.close()


def wanted_by(elapsed_s: float, rate_per_s: float) -> int:
    """Return how many requests are to be sent within *elapsed_s* by the clock, the first of them at once."""
    return int(elapsed_s * rate_per_s) + 1


class Generator:
    """Keeps connections busy; the time of an answer counts from when its request was meant to be sent."""

    def __init__(self, orders: Orders, tell: Callable[[Second], None]) -> None:
        self._orders, self._tell = orders, tell
        self._traffic = Traffic(orders.mix, orders.ground, seed=orders.seed)
        self._etags: dict[str, bytes] = {}
        self._tally, self._number = Tally(), 0
        self._poll = select.epoll()
        self._connections: dict[int, Connection] = {}
        self._free: deque[Connection] = deque()
        for _ in range(orders.connections):
            self._take_in(Connection(orders.port))

    def run(self) -> Done:
        """Ask until the time is over, then wait for what is under way."""
        time.sleep(max(0.0, self._orders.begins_s - time.monotonic()))
        began_s, worked_s = time.perf_counter(), time.process_time()
        ends_s, self._began_s = began_s + self._orders.duration_s, began_s
        sent, due = 0, self._orders.rate_per_s
        while (now_s := time.perf_counter()) < ends_s:
            wanted = sent + len(self._free) if due is None else wanted_by(now_s - began_s, due)
            while sent < wanted and self._free:
                self._send(now_s if due is None else began_s + sent / due)
                sent += 1
            next_s = None if due is None or not self._free else began_s + sent / due
            self._hear(_LOOKS_EVERY_S if next_s is None else next_s - time.perf_counter())
        taken_s = time.perf_counter() - began_s
        worked_s = time.process_time() - worked_s
        self._wait(ends_s + _PATIENCE_S)
        self._tell(Second(self._number, self._tally))
        unsent = 0 if due is None else max(0, int(taken_s * due) - sent)
        return Done(worked_s / taken_s, unsent, taken_s=time.perf_counter() - began_s)

    def _send(self, due_s: float) -> None:
        connection, request = self._free.popleft(), self._traffic.draw()
        known = self._etags.get(request.known_as) if request.known_as and self._traffic.is_returning() else None
        try:
            connection.send(request, known, due_s=due_s)
        except OSError:
            self._renew(connection)
            connection.send(request, known, due_s=due_s)

    def _hear(self, patience_s: float = _LOOKS_EVERY_S) -> None:
        """Take what has come within *patience_s*, in whole milliseconds at most, so that nothing is sent late."""
        for number, _ in self._poll.poll(int(1_000 * min(max(0.0, patience_s), _LOOKS_EVERY_S)) / 1_000):
            connection = self._connections[number]
            try:
                answer = connection.receive()
            except OSError:
                self._lose(connection)
                continue
            if answer is not None:
                self._take(connection, answer)

    def _take(self, connection: Connection, answer: Answer) -> None:
        request = connection.request
        assert request is not None  # noqa: S101 - nobody answers what wasn't asked
        self._count(request, answer, since_s=connection.due_s)
        if answer.etag is not None and request.known_as is not None:
            self._etags[request.known_as] = answer.etag
        connection.request = None
        if answer.is_last:
            self._renew(connection)
        self._free.append(connection)

    def _count(self, request: Request, answer: Answer, *, since_s: float) -> None:
        now_s = time.perf_counter()
        if now_s - self._began_s >= self._number + 1:
            self._tell(Second(self._number, self._tally))
            self._tally, self._number = Tally(), int(now_s - self._began_s)
        kind = Kind(request.crowd, request.endpoint, answer.x_cache, answer.status)
        self._tally.add(kind, duration_us=int((now_s - since_s) * _US), body_bytes=answer.body_bytes)

    def _lose(self, connection: Connection) -> None:
        """Count what was under way as not answered, if something was: idle connections may be closed."""
        if connection.request is not None:
            cut = Answer(CUT, "-", None, 0, is_last=True)
            self._take(connection, cut)
            return
        self._renew(connection)

    def _renew(self, connection: Connection) -> None:
        del self._connections[connection.socket.fileno()]
        connection.socket.close()
        connection.open()
        self._watch(connection)

    def _take_in(self, connection: Connection) -> None:
        self._free.append(connection)
        self._watch(connection)

    def _watch(self, connection: Connection) -> None:
        self._connections[connection.socket.fileno()] = connection
        self._poll.register(connection.socket, select.EPOLLIN)

    def _wait(self, until_s: float) -> None:
        """Hear what is under way; what hasn't come in time is cut off."""
        while len(self._free) < len(self._connections) and time.perf_counter() < until_s:
            self._hear()
        for connection in [one for one in self._connections.values() if one.request is not None]:
            self._lose(connection)
