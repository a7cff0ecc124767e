"""A worker that answers in its loop what the cache has, all requests of one moment together (ADR 0048).

Whatever isn't plain, or isn't in the cache, goes on to the threads with its bytes as they came.
"""

import selectors
import socket
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gunicorn.workers.gthread import TConn

from dealradar import sockets
from dealradar.intake.arrivals import Arrival
from dealradar.intake.worker import STALLED_S, GatheringWorker, Guest

if TYPE_CHECKING:  # the master, which loads this module, loads nothing of the application
    from dealradar.fastlane.asking import Asking
    from dealradar.fastlane.lane import Lane, Outcome

SERVER: Final = "gunicorn"
EXTENSION: Final = "fastlane"
SWITCH_S: Final = 0.0005
"""How long a thread may go on while another waits for the interpreter; Python's own is ten times as long.

The loop gives it away with each exchange and each send, and gets it back after that time if a thread is computing an
answer: so each hit waited for 5 ms, and several times, beside misses.
"""


class FastLaneWorker(GatheringWorker):
    """A worker whose loop has a lane of the application's, if that has one."""

    alive: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  whatever gunicorn gives it
        super().__init__(*args, **kwargs)
        self._lane: Lane | None = None
        self._asked: list[tuple[TConn, Asking, bytes]] = []
        self._counted: dict[TConn, Outcome] = {}
        self._unsent: dict[TConn, memoryview] = {}

    def run(self) -> None:
        """Serve until told to stop."""
        sys.setswitchinterval(SWITCH_S)
        make = self.wsgi.extensions.get(EXTENSION)
        self._lane = None if make is None else make(SERVER)
        try:
            super().run()
        finally:
            if self._lane is not None:
                self._lane.close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Hear what clients have sent, and answer what can be answered at once."""
        super().wait_for_and_dispatch_events(timeout)
        if self._asked:
            self._answer()
        if self._lane is not None:
            self._lane.tick()

    def handle(self, conn: TConn) -> Any:  # noqa: ANN401  gunicorn has no types
        """Answer a request on *conn* in a thread; what was counted already isn't counted again."""
        referred = self._counted.pop(conn, None)
        if referred is None or self._lane is None:
            return super().handle(conn)
        with self._lane.counted(referred.counted):
            return super().handle(conn)

    def _take(self, conn: TConn, arriving: Arrival, piece: bytes) -> None:
        if arriving.has_begun or self._lane is None or not self.alive:
            super()._take(conn, arriving, piece)
            return
        asking = self._lane.consider(piece, _address(conn.client))
        if asking is None:
            self._guests[conn] = Guest(time.monotonic() + self.bounds.whole_within_s, arriving)
            super()._take(conn, arriving, piece)
            return
        self._asked.append((conn, asking, piece))

    def _answer(self) -> None:
        asked, self._asked = self._asked, []
        assert self._lane is not None  # noqa: S101  nothing was asked of none
        outcomes = self._lane.answer([asking for _, asking, _ in asked])
        idle_until_s = time.monotonic() + self.cfg.keepalive
        for (conn, _, piece), outcome in zip(asked, outcomes, strict=True):
            data = outcome.data
            if data is None:
                self._counted[conn] = outcome
                self._pass_on(conn, piece)
            else:
                self._send(conn, data, idle_until_s)
        self._count_requests(len(asked))

    def _send(self, conn: TConn, data: bytes, idle_until_s: float) -> None:
        try:
            sent_bytes = sockets.send(conn.sock, data) if self._at_work else conn.sock.send(data)
        except BlockingIOError:
            sent_bytes = 0
        except OSError:  # it has gone
            self._drop(conn)
            return
        if sent_bytes == len(data):
            self._guests[conn].until_s = idle_until_s
            return
        self._unsent[conn] = memoryview(data)[sent_bytes:]
        self._guests[conn] = Guest(time.monotonic() + STALLED_S)
        self.poller.modify(conn.sock, selectors.EVENT_WRITE, partial(self._send_on, conn))

    def _send_on(self, conn: TConn, sock: socket.socket) -> None:
        """Send more of an answer to a client that takes it slowly."""
        rest = self._unsent[conn]
        try:
            rest = rest[sock.send(rest) :]
        except BlockingIOError:
            return
        except OSError:  # it has gone
            self._drop(conn)
            return
        if rest:
            self._unsent[conn] = rest
            self._guests[conn] = Guest(time.monotonic() + STALLED_S)
            return
        del self._unsent[conn]
        self._guests[conn] = Guest(time.monotonic() + self.cfg.keepalive, Arrival(self.bounds))
        self.poller.modify(sock, selectors.EVENT_READ, partial(self._read, conn))

    def _drop(self, conn: TConn) -> None:
        self._unsent.pop(conn, None)
        super()._drop(conn)

    def _count_requests(self, count: int) -> None:
        self.nr += count
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False


def _address(client: object) -> str:
    """Return the address of gunicorn's *client*, "" where it came by a Unix socket."""
    return str(client[0]) if isinstance(client, tuple) else ""
