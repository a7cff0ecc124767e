"""A server of HTTP in the tests' own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Self


class Loopback(ThreadingHTTPServer):
    """Has a thread for each connection, and waits for none of them at its end."""

    daemon_threads = True
    block_on_close = False

    @property
    def port(self) -> int:
        """Return where it listens, on 127.0.0.1."""
        return int(self.server_address[1])

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve until the block ends; nobody listens afterwards."""
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
