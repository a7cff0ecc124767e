"""What is answered to who sends no HTTP request, or one too large or too slow, which no application gets to see."""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from gunicorn import util

Listener = Callable[[int, int, str | None], None]
"""Is told the status, the bytes of the body and the address of who was refused, None where that has gone."""


class Refusals:
    """Writes refusals, and tells *listener* of each, once there is one."""

    def __init__(self) -> None:
        self.listener: Listener | None = None

    def write(self, client: socket.socket, status: int, _reason: str, message: str) -> None:
        """Answer in the form of all our errors (RFC 9457); called as gunicorn calls `util.write_error`."""
        title = HTTPStatus(status).phrase
        body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": message}).encode()
        head = (
            f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        if self.listener is not None:
            self.listener(status, len(body), _address(client))
        util.write_nonblock(client, head.encode() + body)


def _address(client: socket.socket) -> str | None:
    with suppress(OSError):  # it has gone
        peer = client.getpeername()
        return str(peer[0]) if isinstance(peer, tuple) else ""
    return None


REFUSALS: Final = Refusals()
"""Of the process."""
