"""What the stand-ins of CDNs have in common: an edge that keeps answers, and an interface that can fail."""

import json
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from tests.servers.origin import Page


class Failure(Enum):
    """How an interface may not answer at all."""

    HANG = auto()
    CLOSE = auto()
    """The request is read, and the connection closed."""
    HALF = auto()
    """So it is, but half an answer later."""


@dataclass(frozen=True)
class Call:
    """One request: names of its *headers* in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return its content."""
        return json.loads(self.body)


@dataclass
class Edge:
    """The answers that a CDN keeps, by address, each with its keys.

    Of the addresses *under_way* a fetch began before the write: it brings the old answer back, once, when that was
    purged.
    """

    kept: dict[str, frozenset[str]] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)

    def keep(self, address: str, *keys: str) -> None:
        """Keep an answer that came with *keys*."""
        self.kept[address] = frozenset(keys)

    def purge(self, keys: Collection[str]) -> None:
        """Forget what has one of *keys*."""
        self._forget({address for address, having in self.kept.items() if not having.isdisjoint(keys)})

    def purge_all(self) -> None:
        """Forget everything."""
        self._forget(set(self.kept))

    def _forget(self, addresses: set[str]) -> None:
        brought_back = addresses & self.under_way
        self.under_way -= brought_back
        self.kept = {
            address: keys for address, keys in self.kept.items() if address not in addresses or address in brought_back
        }


def answer(status: int, content: Any, **headers: str) -> Page:
    """Return an answer in JSON; underscores of *headers* are hyphens."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(json.dumps(content).encode(), status, {"Content-Type": "application/json"} | fields)


class Vendor(ThreadingHTTPServer):
    """An interface on the loopback: *respond* answers what none of *failures*, which come first, does.

    *taken* are the statuses of its own answers, so that a test sees how often it was called.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, respond: Callable[[Call], Page]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.failures: deque[Page | Failure] = deque()
        self.taken: list[int] = []
        self.is_over = Event()

    @contextmanager
    def running(self) -> Iterator["Vendor"]:
        """Serve until the block ends."""
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield self
        finally:
            self.is_over.set()
            self.shutdown()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Vendor
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, self.rfile.read(int(headers.get("content-length", 0))))
        failure = self.server.failures.popleft() if self.server.failures else None
        if isinstance(failure, Failure):
            self._fail(failure)
            return
        page = failure or self.server.respond(call)
        self.server.taken.append(page.status)
        self.send_response(page.status)
        for name, value in page.fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def _fail(self, failure: Failure) -> None:
        self.close_connection = True
        if failure is Failure.HANG:
            self.server.is_over.wait()
        if failure is Failure.HALF:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"half":')

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
