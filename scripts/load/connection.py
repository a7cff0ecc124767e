"""One kept connection, without blocking: a request goes out, and comes back as an answer."""

import re
import socket
from dataclasses import dataclass
from typing import Final

from scripts import ports
from scripts.load.requests import Request

_PIECE_BYTES: Final = 1 << 18
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_X_CACHE: Final = re.compile(rb"\r\nx-cache: *([A-Z]+)", re.IGNORECASE)
_ETAG: Final = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)
_CLOSE: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_STATUS: Final = slice(9, 12)
_BODILESS: Final = frozenset({204, 304})


@dataclass(frozen=True)
class Answer:
    """What came back; *is_last* says that the server closes the connection."""

    status: int
    x_cache: str
    etag: bytes | None
    body_bytes: int
    is_last: bool


class Connection:
    """Has one *request* under way at most, meant to be sent at *due_s*."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.request: Request | None = None
        self.due_s = 0.0
        self.open()

    def open(self) -> None:
        """Connect anew."""
        self.socket = socket.create_connection((ports.LOCALHOST, self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(0)
        self._came = b""

    def send(self, request: Request, etag: bytes | None, *, due_s: float) -> None:
        """Send *request*.

        Raises:
            OSError: The server has closed the connection.
        """
        self.request, self.due_s = request, due_s
        self.socket.send(request.wire(etag))

    def receive(self) -> Answer | None:
        """Return the answer, as soon as all of it has come.

        Raises:
            OSError: The connection has ended before.
        """
        piece = self.socket.recv(_PIECE_BYTES)
        if not piece:
            raise ConnectionResetError("the server has closed the connection")
        self._came += piece
        answer = answer_in(self._came)
        if answer is not None:
            self._came = b""
        return answer


def answer_in(came: bytes) -> Answer | None:
    """Return the answer that *came* is, None while something is missing."""
    end = came.find(_END)
    if end < 0:
        return None
    fields = came[:end]
    status, length = int(fields[_STATUS]), _LENGTH.search(fields)
    body_bytes = 0 if length is None or status in _BODILESS else int(length[1])
    if len(came) < end + len(_END) + body_bytes:
        return None
    x_cache, etag = _X_CACHE.search(fields), _ETAG.search(fields)
    shown = x_cache[1].decode() if x_cache else "-"
    return Answer(status, shown, etag[1] if etag else None, body_bytes, is_last=_CLOSE.search(fields) is not None)
