"""A TCP proxy that keeps replies back, passes them late, or leads elsewhere."""

import contextlib
import socket
import socketserver
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final
from urllib.parse import urlsplit

CHUNK_BYTES: Final = 65_536


class Proxy(socketserver.ThreadingTCPServer):
    """Stands before the server at *url*.

    *rounds* counts what clients sent in one go, *delay_s* is how much later each reply arrives, *upstream* where new
    connections lead.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        parts = urlsplit(url)
        self.upstream = (parts.hostname or "127.0.0.1", parts.port or 6379)
        user, at, _ = parts.netloc.rpartition("@")
        self.url = f"redis://{user}{at}127.0.0.1:{self.server_address[1]}{parts.path}"
        self.delay_s = 0.0
        self.rounds = 0
        self._passing = Event()
        self._passing.set()
        self._age = 0

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Serve until the block ends."""
        serving = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        serving.start()
        try:
            yield self
        finally:
            self.release()
            self.shutdown()
            self.server_close()

    def hold(self) -> None:
        """Keep every reply back from now on."""
        self._passing.clear()

    def release(self) -> None:
        """Pass what was kept back, and what follows."""
        self._passing.set()

    def strand(self) -> None:
        """Forget the connections there are, as a firewall does: what goes in is lost, and nobody is told."""
        self._age += 1

    @property
    def age(self) -> int:
        """How often connections were stranded."""
        return self._age

    def wait_to_pass(self) -> None:
        """Return when the next reply may go on."""
        time.sleep(self.delay_s)
        self._passing.wait()


class _Connection(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        self._age = self.server.age
        with contextlib.suppress(OSError), socket.create_connection(self.server.upstream) as upstream:
            Thread(target=self._pass_replies, args=(upstream,), daemon=True).start()
            while sent := self.request.recv(CHUNK_BYTES):
                self.server.rounds += 1
                if self._age == self.server.age:
                    upstream.sendall(sent)

    def _pass_replies(self, upstream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while reply := upstream.recv(CHUNK_BYTES):
                self.server.wait_to_pass()
                self.request.sendall(reply)
            self.request.shutdown(socket.SHUT_RDWR)
