"""What a client may send, and how slowly: tried on the real server, byte by byte."""

import json
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from dealradar.config import Settings
from tests.servers.site import Site

THREADS: Final = 2
SLOW: Final = 20
"""Ten for each thread."""
QUOTA: Final = 5
PATIENCE_S: Final = 20.0
GET: Final = b"GET /api/categories HTTP/1.1\r\nHost: a\r\n"
POST: Final = b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def site(_migrated: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site that has one process of two threads, and two seconds of patience with a request."""
    environment = {
        "DEALRADAR_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "CELERY_BROKER_URL": settings.celery_broker_url,
        "RATE_LIMIT_MAX_REQUESTS": str(QUOTA),
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": str(THREADS),
        "MAX_BODY_BYTES": "2048",
        "REQUEST_TIMEOUT_S": "2",
        "TRUSTED_PROXIES": "127.0.0.0/8",
    }
    site = Site(environment, tmp_path_factory.mktemp("bounds") / "web.log")
    site.start()
    yield site
    site.stop()


def dial(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S)


def read(connection: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Return status, fields and content of the answer that ends with the connection."""
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode().split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(status_line.split()[1]), fields, json.loads(body) if body else None


def ask(site: Site, request: bytes) -> tuple[int, dict[str, str], Any]:
    with dial(site) as connection:
        connection.sendall(request)
        return read(connection)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"x" * 8_200, 414),
        (b"GET /" + b"x" * 8_200 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (GET + b"X-Long: " + b"x" * 8_200 + b"\r\n\r\n", 431),
        (GET + b"X-Many: 1\r\n" * 101 + b"\r\n", 431),
        (GET + (b"X-Large: " + b"x" * 8_000 + b"\r\n") * 9, 431),
        (POST + b"Content-Length: 2049\r\n\r\n", 413),
        (POST + b"Content-Length: 99999999999999\r\n\r\n{", 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n{", 413),
        (GET[:-4], 408),
        (POST + b"Content-Length: 20\r\n\r\n{", 408),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", 408),
        (b"nonsense\r\n\r\n", 400),
        (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
    ids=lambda value: value if isinstance(value, int) else value[:60].decode(),
)
def test_what_is_out_of_bounds_is_refused_as_a_problem_that_nobody_keeps(
    site: Site, request_bytes: bytes, status: int
) -> None:
    answered, fields, problem = ask(site, request_bytes)

    assert (answered, problem["status"]) == (status, status)
    assert fields["content-type"] == "application/problem+json"
    assert fields["cache-control"] == "no-store"
    assert fields["connection"] == "close"


def test_what_is_refused_before_the_application_sees_it_is_counted(site: Site) -> None:
    before = refused(site)

    ask(site, GET + b"X-Long: " + b"x" * 8_200 + b"\r\n\r\n")
    ask(site, b"nonsense\r\n\r\n")

    assert refused(site) - before == Counter({"400": 1, "431": 1})


def refused(site: Site) -> Counter[str]:
    """Return how many requests of no method and no route the site has answered, by status."""
    return Counter(
        {
            sample.labels["status"]: int(sample.value)
            for family in text_string_to_metric_families(site.ask("/metrics").body.decode())
            for sample in family.samples
            if sample.name == "flask_http_request_total" and sample.labels["method"] == "(none)"
        }
    )


def test_who_keeps_sending_bytes_is_refused_all_the_same(site: Site) -> None:
    with dial(site) as connection:
        began_s = time.monotonic()
        connection.sendall(GET)
        connection.settimeout(0.1)
        answer = b""
        while not answer and time.monotonic() - began_s < PATIENCE_S:
            connection.sendall(b"X")
            try:
                answer = connection.recv(65_536)
            except TimeoutError:
                continue

    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "begun",
    [b"", b"G", GET, POST + b"Content-Length: 20\r\n\r\n{", POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"],
)
def test_slow_clients_hold_up_nobody_else(site: Site, begun: bytes) -> None:
    with ExitStack() as slow:
        for _ in range(SLOW):
            slow.enter_context(dial(site)).sendall(begun)

        answers = [site.ask("/health") for _ in range(2 * THREADS)]

        assert {answer.status for answer in answers} == {200}


def test_clients_that_do_not_hang_up_hold_up_nobody_else(site: Site) -> None:
    with ExitStack() as lingering:
        for _ in range(SLOW):
            connection = lingering.enter_context(dial(site))
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")

        answer = site.ask("/health")

        assert answer.status == 200


def test_one_connection_serves_requests_one_after_the_other_however_they_come(site: Site) -> None:
    with dial(site) as connection:
        request = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        connection.sendall(request + request + last[:20])
        for byte in last[20:]:
            connection.sendall(bytes([byte]))
        received = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert received.count(b"HTTP/1.1 200 OK") == 3


def test_who_asks_before_sending_the_body_is_told_to_go_on(site: Site) -> None:
    with dial(site) as connection:
        connection.sendall(POST + b"Content-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n")
        told = connection.recv(65_536)
        connection.sendall(b"{}")
        status, _, _ = read(connection)

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert status == 422


def test_a_body_may_come_in_chunks(site: Site) -> None:
    request = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"

    assert ask(site, request)[0] == 422


def test_several_lines_of_addresses_are_one_list(site: Site) -> None:
    def ask_as(*lines: str) -> int:
        fields = "".join(f"X-Forwarded-For: {line}\r\n" for line in lines)
        return ask(site, b"GET /api/nowhere HTTP/1.1\r\nConnection: close\r\nHost: a\r\n" + fields.encode() + b"\r\n")[
            0
        ]

    assert [ask_as("198.51.100.1", "203.0.113.7") for _ in range(QUOTA)] == [404] * QUOTA
    assert ask_as("198.51.100.2", "[::ffff:203.0.113.7]:4711, 127.0.0.9") == 429
    assert ask_as("203.0.113.7", "203.0.113.8") == 404


def test_what_comes_in_together_is_bounded_and_whoever_leaves_makes_room(site: Site) -> None:
    unfinished = GET + b"".join(b"X-Large: " + b"x" * 7_900 + b"\r\n" for _ in range(7))
    with ExitStack() as stack:
        for _ in range(40):  # two megabytes are 1,024 of the largest bodies
            late = stack.enter_context(dial(site))
            late.sendall(unfinished)

        assert read(late)[0] == 503

    assert ask(site, b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")[0] == 200


def test_more_browsers_than_gunicorn_would_hold_by_itself_may_stay_connected(site: Site) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1_100):
            stack.enter_context(dial(site))

        answer = ask(site, b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

    assert answer[0] == 200
