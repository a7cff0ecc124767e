"""A proxy that passes everything on as it is, but for the time of day, and remembers what came of it."""

import time
from contextlib import closing
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import urlsplit

from tests.servers.loopback import Loopback

PATIENCE_S: Final = 30.0
PER_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})
"""Fields that say nothing beyond the connection on which they came (RFC 9110 §7.6.1)."""


@dataclass(frozen=True)
class Exchange:
    """One request that arrived, and what went back for it."""

    method: str
    path: str
    status: int


class Witness(Loopback):
    """Stands before the site at *url*; *exchanges* are in the order in which they were answered.

    By the `Date` of its answers each comes a second after the one before. There are caches that tell by it alone which
    of two answers is the newer one (RFC 9111 §4), and a script is played in less than a second.
    """

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.upstream = urlsplit(url).netloc
        self.url = f"http://127.0.0.1:{self.port}"
        self.exchanges: list[Exchange] = []
        self._began_s = time.time()

    @property
    def date(self) -> str:
        """Return the time of the last exchange."""
        return formatdate(self._began_s + len(self.exchanges), usegmt=True)


class _Passing(BaseHTTPRequestHandler):
    server: Witness
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _pass(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with closing(HTTPConnection(self.server.upstream, timeout=PATIENCE_S)) as connection:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in PER_CONNECTION:
                    connection.putheader(name, value)
            connection.endheaders(sent)
            answer = connection.getresponse()
            body = answer.read()
        self.server.exchanges.append(Exchange(self.command, self.path, answer.status))
        self._give_back(answer, body)

    def _give_back(self, answer: HTTPResponse, body: bytes) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in PER_CONNECTION:
                self.send_header(name, self.server.date if name == "Date" else value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815  the names that the library calls

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
