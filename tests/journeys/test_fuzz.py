"""Broken, split, pipelined and smuggled requests come to the application as they would by gunicorn's own worker."""

import os
import random
import re
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from dealradar.config import Settings
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from tests.factories.people import token_for
from tests.servers.site import Site, told
from tests.servers.valkey import Valkey

SCRIPTS: Final = 4_000 if "LONG_TESTS" in os.environ else 160
AT_ONCE: Final = 8
PATIENCE_S: Final = 20.0
STOCK: Final = "--worker-class gthread"
HALF: Final = 0.5
APART_S: Final = 0.002
"""So that pieces arrive apart, mostly."""
REFUSED: Final = "refused"
_LENGTH: Final = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
_ID: Final = re.compile(rb"\r\nX-Request-ID: (\S+)\r\n", re.IGNORECASE)
LINES: Final = (
    *("GET {target} HTTP/1.1", "GET {target} HTTP/1.1", "HEAD {target} HTTP/1.1", "GET {target} HTTP/1.0"),
    *("POST {target} HTTP/1.1", "GET http://a{target} HTTP/1.1", "GET  {target} HTTP/1.1", "GET {target}", "BREW /"),
    *("get {target} HTTP/1.1", "GET {target} HTTP/1.1 ", "GET {target}#x HTTP/1.1", "GET {target} HTTP/2.0"),
)
FIELDS: Final = (
    *("Accept: */*", "Accept-Encoding: br", "If-None-Match: *", "Connection: keep-alive", "Connection: close"),
    *("Cookie: a=b", "Authorization: Bearer {token}", "Authorization: Bearer no", "Host: b", "Range: bytes=0-1"),
    *("Content-Length: 0", "Content-Length: 5", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 3"),
    *("Content-Length : 5", "Transfer-Encoding: chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked"),
    *("Transfer-Encoding: identity", "Transfer-encoding:\tchunked", " folded: 1", "No colon", "N\0l: 1", "X: a\rb"),
    *("X_Under: 1", "Content_Length: 5", "X-Forwarded-For: 192.0.2.1", "Sp ace: 1", ": nameless", "X: \xff"),
)
BODIES: Final = (
    *(
        "",
        "",
        "",
        "",
        "hello",
        "5\r\nhello\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "0\r\n\r\nX",
        "5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n",
    ),
    *("g\r\n", "-1\r\n", "5\nhello\n0\n\n", "\r\n", "\0"),
)
ENDS: Final = ("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n")


@dataclass(frozen=True)
class Script:
    """What one client sends, in pieces, over one connection; its requests' ids begin with *name*."""

    name: str
    pieces: tuple[bytes, ...]


def scripts(targets: Sequence[str], token: str, chance: random.Random) -> Iterator[Script]:
    """Make up scripts of one to four requests, most of which have something wrong, and a last one that is plain.

    It shows where a server takes the one before to end. Without it that might be half of one, which our worker doesn't
    have answered while stock gthread does.
    """
    for number in range(SCRIPTS):
        name = f"client{number:05d}"
        made_up = [_request(f"{name}-{place}", chance) for place in range(chance.randint(1, 4))]
        last = f"GET {{target}} HTTP/1.1\r\nHost: a\r\nX-Request-ID: {name}-last-body\r\n\r\n"
        texts = (text.replace("{target}", chance.choice(targets)) for text in (*made_up, last))
        sent = "".join(texts).replace("{token}", token).encode("latin-1")
        anywhere = chance.sample(range(len(sent)), k=chance.choice((0, 0, 1, 3)))
        heads_end = [found.end() for found in re.finditer(b"\r\n\r\n", sent)] if chance.random() < HALF else []
        cuts = [0, *sorted({*anywhere, *heads_end}), len(sent)]
        yield Script(name, tuple(sent[at:until] for at, until in pairwise(cuts) if at < until))


def _request(name: str, chance: random.Random) -> str:
    line = chance.choice(LINES) if chance.random() < 0.3 else LINES[0]
    fields = chance.sample(FIELDS, k=chance.choice((0, 0, 1, 1, 2)))
    mark = f"{name}-head" if line.startswith("HEAD") else f"{name}-body"
    lines = [line, "Host: a", f"X-Request-ID: {mark}", *fields, ""]
    body = chance.choice(BODIES) if len(fields) > 0 else ""
    return "".join(text + chance.choice(ENDS) if chance.random() < 0.1 else f"{text}\r\n" for text in lines) + body


def play(site: Site, script: Script) -> list[str]:
    """Return what *site* makes of *script*: the statuses and ids of what its application answered, in their order."""
    received = b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in script.pieces:
                connection.sendall(piece)
                time.sleep(APART_S)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65_536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # it was refused before all of it was sent
    return list(verdicts(received))


def verdicts(received: bytes) -> Iterator[str]:
    """Part what came over a connection into answers; what the server itself refuses has no id."""
    while received:
        head, end, received = received.partition(b"\r\n\r\n")
        assert end, f"half an answer: {head!r}"
        assert head.startswith(b"HTTP/1."), f"no answer: {head!r}"
        head += b"\r\n"
        status = head.split()[1].decode()
        name = _ID.search(head)
        if name is None:
            yield REFUSED
        else:
            yield f"{status} {name[1].decode()}"
        length = _LENGTH.search(head)
        is_bodiless = status == "304" or (name is not None and name[1].endswith(b"-head"))
        received = received if is_bodiless or length is None else received[int(length[1]) :]


@pytest.fixture
def environment(settings: Settings, valkey: Valkey) -> dict[str, str]:
    """Return what both sites are told: of one process each, which knows all that it was shown."""
    return told(settings, valkey) | {"WEB_CONCURRENCY": "1"}


@pytest.fixture
def stock(environment: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    """Return the same site, by gunicorn's own worker."""
    site = Site(environment | {"GUNICORN_CMD_ARGS": STOCK}, tmp_path / "stock.log")
    site.start()
    yield site
    site.stop()


def test_whatever_comes_in_is_taken_as_gunicorns_own_worker_takes_it(
    site: Site, stock: Site, deal: Deal, alice: User
) -> None:
    targets = [f"/api/deals/{deal.id}", f"/api/reviews/deal/{deal.id}", "/api/deals/999999"]
    token = token_for(alice)
    for each in (site, stock):
        for target in targets:
            for shown in (None, token):
                each.ask(target, token=shown)
    chance = random.Random(20_240_229)  # noqa: S311  the same scripts each time
    played = list(scripts(targets, token, chance))

    with ThreadPoolExecutor(AT_ONCE) as clients:
        ours = list(clients.map(lambda script: play(site, script), played))
        stocks = list(clients.map(lambda script: play(stock, script), played))

    for script, our, their in zip(played, ours, stocks, strict=True):
        assert answered(our) == answered(their), script
        assert all(script.name in each for each in answered(our)), script
    assert sum(len(answered(our)) for our in ours) > SCRIPTS // 2
    assert site.ask(targets[0]).status == 200


def answered(found: Sequence[str]) -> list[str]:
    """Return what came to the application, of what was *found*."""
    return [each for each in found if each != REFUSED]
