"""gunicorn's threaded worker, whose threads see only requests that are here whole (ADR 0042).

Left to itself it reads in its threads: as many clients as it has threads, each sending a byte now and then, and it
answers nobody else.
"""

import selectors
import socket
import struct
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn import http, util
from gunicorn.workers.gthread import TConn, ThreadWorker

from dealradar.intake.arrivals import Arrival, Bounds, State
from dealradar.intake.succession import SUCCESSION
from dealradar.sockets import PIECE_BYTES, Receiver

LINGER_S: Final = 2.0
LOOKS_EVERY_S: Final = 0.2
STALLED_S: Final = 10
"""No thread waits longer for a client to take a piece of its answer."""
STOPPING_S: Final = 0.5
"""For so long a worker that stops waits for the first byte of requests that may be on their way already."""
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
MESSAGES: Final = {
    HTTPStatus.REQUEST_TIMEOUT: "The request was not here whole in time.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The head of the request is too large.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body of the request is too large.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many large requests are coming in at once; try again in a moment.",
}


@dataclass(slots=True)
class Guest:
    """A connection that no thread has: its request is *arriving*, or it is only heard out before it is closed."""

    until_s: float
    arriving: Arrival | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request is here."""
        return self.arriving is not None and not self.arriving.has_begun


class GatheringWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker that holds clients to *bounds* and waits for all of them in one place, its main thread."""

    bounds: Bounds = Bounds()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  whatever gunicorn gives it
        super().__init__(*args, **kwargs)
        self._guests: dict[TConn, Guest] = {}
        self._stops_at_s: float | None = None
        self._looks_at_s = 0.0
        self._held_bytes = 0
        self._at_work = 0
        """So many requests the threads have, or will."""
        self._receiver = Receiver()

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop, unless those who are to serve instead can't yet: the master asks again each second."""
        if not SUCCESSION.needs(self.age, workers=self.cfg.workers):
            super().handle_exit(sig, frame)

    def enqueue_req(self, conn: TConn) -> None:
        """Wait for a request on *conn*, whose first bytes may be here; then have a thread answer it."""
        arriving = Arrival(self.bounds)
        ahead = conn.parser.unreader.take_buffered() if conn.parser else b""
        self._host(conn, Guest(time.monotonic() + self.bounds.whole_within_s, arriving))
        if ahead:
            self._take(conn, arriving, ahead)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Take *conn* back from its thread; one to be closed is heard out here, while gunicorn would stop for it."""
        self._at_work -= 1
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        self._hear_out(conn)

    def murder_pending(self) -> None:
        """Refuse requests that take too long; called at least once a second."""
        super().murder_pending()
        now_s = time.monotonic()
        if now_s < self._looks_at_s:  # a turn must not cost more the more connections are idle
            return
        self._looks_at_s = now_s + LOOKS_EVERY_S
        if not self.alive and self._stops_at_s is None:
            self._stops_at_s = now_s + STOPPING_S
        for conn, guest in list(self._guests.items()):
            if not self.alive and guest.is_idle:
                self._read(conn, conn.sock)  # what came since it was polled must not be lost
            if self._guests.get(conn) is not guest:
                continue
            is_idle = guest.is_idle
            until_s = min(guest.until_s, self._stops_at_s) if is_idle and self._stops_at_s else guest.until_s
            if until_s > now_s:
                continue
            if guest.arriving is None or is_idle:
                self._drop(conn)
            else:
                self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)

    def _host(self, conn: TConn, guest: Guest) -> None:
        conn.sock.settimeout(0)
        self._guests[conn] = guest
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))

    def _leave(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        arriving = self._guests.pop(conn).arriving
        if arriving is not None:
            self._held_bytes -= arriving.here_bytes

    def _drop(self, conn: TConn) -> None:
        self._leave(conn)
        self.nr_conns -= 1
        conn.close()

    def _read(self, conn: TConn, sock: socket.socket) -> None:
        try:
            piece = self._receiver.receive(sock) if self._at_work else sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._drop(conn)
            return
        arriving = self._guests[conn].arriving
        if arriving is not None:
            self._take(conn, arriving, piece)

    def _take(self, conn: TConn, arriving: Arrival, piece: bytes) -> None:
        if self._held_bytes + len(piece) > self.bounds.together_bytes:
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._held_bytes += len(piece)
        state = arriving.feed(piece)
        if state is State.WHOLE:
            self._pass_on(conn, arriving.take())
        elif state.value is not None:
            self._refuse(conn, state.value)
        elif spared_bytes := arriving.take_expectation():
            self._held_bytes -= spared_bytes
            with suppress(OSError):  # it has gone, which the next read shows
                util.write_nonblock(conn.sock, CONTINUE)

    def _pass_on(self, conn: TConn, request: bytes) -> None:
        self._leave(conn)
        if conn.parser is None:
            _be_impatient(conn.sock)
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
        conn.parser.unreader.unread(request)
        conn.data_ready = True
        self._at_work += 1
        super().enqueue_req(conn)

    def _refuse(self, conn: TConn, status: HTTPStatus) -> None:
        self._leave(conn)
        with suppress(OSError):  # it has gone
            util.write_error(conn.sock, status, status.phrase, MESSAGES[status])
        self._hear_out(conn)

    def _hear_out(self, conn: TConn) -> None:
        """Close *conn* once the client has, so that it gets to read its answer (RFC 9112 §9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it has gone already
            self.nr_conns -= 1
            conn.close()
            return
        self._host(conn, Guest(time.monotonic() + LINGER_S))


def _be_impatient(sock: socket.socket) -> None:
    """Bound each reading and writing of a thread; gunicorn itself sets no timeout on a socket, or takes it off."""
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        with suppress(OSError):  # it has gone
            sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STALLED_S, 0))
