"""Requests that `scripts/dev bench steady` sends by the clock."""

import itertools
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest

from scripts.bench import paced
from scripts.bench.paced import Stream
from scripts.refused import RefusedError
from tests.servers.loopback import Loopback

STALL_S = 0.3


class Site(BaseHTTPRequestHandler):
    """Answers, once with a stall, and what is not there with 404."""

    protocol_version = "HTTP/1.1"
    has_stalled = Event()

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path == "/stall" and not self.has_stalled.is_set():
            self.has_stalled.set()
            time.sleep(STALL_S)
        status = b"404 Not Found" if self.path == "/absent" else b"200 OK"
        self.wfile.write(b"HTTP/1.1 %b\r\nContent-Length: 2\r\n\r\n{}" % status)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Return where a site listens that has not stalled yet, and is asked over one connection."""
    monkeypatch.setattr(paced, "CONNECTIONS", 1)
    Site.has_stalled.clear()
    with Loopback(("127.0.0.1", 0), Site).running() as server:
        yield server.port


def test_as_many_are_sent_as_the_clock_says(port: int) -> None:
    streams = [Stream("often", itertools.repeat("/"), 200.0), Stream("seldom", itertools.repeat("/"), 20.0)]

    taken = paced.play(port, streams, duration_s=0.5)

    assert {name: histogram.total for name, histogram in taken.items()} == {"often": 100, "seldom": 10}


def test_what_a_stall_keeps_waiting_is_late_though_it_was_sent_afterwards(port: int) -> None:
    taken = paced.play(port, [Stream("hit", itertools.repeat("/stall"), 100.0)], duration_s=0.5)

    # Of the 30 that were due during the stall, the one in the middle has waited for the rest of it.
    assert taken["hit"].total == 50
    assert taken["hit"].percentile_ms(100) >= STALL_S * 1_000
    assert taken["hit"].percentile_ms(70) >= STALL_S * 1_000 / 2 - 50


def test_an_error_ends_it_by_name(port: int) -> None:
    with pytest.raises(RefusedError, match="absent: a request was answered with 404"):
        paced.play(port, [Stream("absent", itertools.repeat("/absent"), 10.0)], duration_s=0.5)
