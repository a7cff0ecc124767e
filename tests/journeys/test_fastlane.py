"""The short road on the real server, byte by byte: whatever a client does, it gets the ordinary road's answers."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.config import Settings
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.people import token_for
from tests.factories.reviews import make_review
from tests.servers.site import Site
from tests.servers.valkey import Valkey

THREADS: Final = 2
PATIENCE_S: Final = 20.0
ORDINARY: Final = 'If-Range: "x"\r\n'
"""Makes no difference, but that the short road isn't taken."""


def environment_of(settings: Settings, redis_url: str) -> dict[str, str]:
    return {
        "DEALRADAR_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": settings.celery_broker_url,
        "RATE_LIMIT_MAX_REQUESTS": "1000000",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": str(THREADS),
    }


@pytest.fixture(scope="module")
def shared(_migrated: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site of one process, for tests that leave it in order."""
    site = Site(environment_of(settings, settings.redis_url), tmp_path_factory.mktemp("fastlane") / "web.log")
    site.start()
    yield site
    site.stop()


@pytest.fixture
def target(deal: Deal, alice: User, shared: Site) -> str:
    """Return the path of a page that the short road knows, and has."""
    path = f"/api/reviews/deal/{deal.id}"
    for _ in range(3):
        assert shared.ask(path).status == 200
    assert deal.author_id == alice.id
    return path


def dial(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S)


def request(target: str, extra: str = "") -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: a\r\n{extra}\r\n".encode()


class Reader:
    """Reads the answers on a connection, one after another."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._here = b""

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, fields and body of the next one."""
        while b"\r\n\r\n" not in self._here:
            self._receive()
        head, _, self._here = self._here.partition(b"\r\n\r\n")
        status_line, *lines = head.decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        length = int(fields.get("Content-Length", "0"))
        while len(self._here) < length:
            self._receive()
        body, self._here = self._here[:length], self._here[length:]
        return int(status_line.split()[1]), fields, body

    def _receive(self) -> None:
        piece = self._connection.recv(65_536)
        assert piece, f"closed after {self._here!r}"
        self._here += piece


def took_the_short_road(fields: dict[str, str], others: dict[str, str]) -> bool:
    """Return whether two answers have ids that only differ in their number."""
    return fields["X-Request-ID"][:20] == others["X-Request-ID"][:20]


def test_requests_of_one_connection_take_either_road_and_get_the_same_answer(shared: Site, target: str) -> None:
    with dial(shared) as connection:
        reader = Reader(connection)
        answers = []
        for extra in ("", ORDINARY, "", ORDINARY, ""):
            connection.sendall(request(target, extra))
            answers.append(reader.answer())

    short, ordinary = answers[0::2], answers[1::2]
    assert {(status, body) for status, _, body in answers} == {(200, answers[0][2])}
    assert all(took_the_short_road(fields, short[0][1]) for _, fields, _ in short)
    assert not any(took_the_short_road(fields, short[0][1]) for _, fields, _ in ordinary)
    assert set(short[0][1]) == set(ordinary[0][1])


def test_a_member_is_answered_on_the_short_road_until_their_token_is_revoked(
    shared: Site, target: str, alice: User
) -> None:
    credential = f"Authorization: Bearer {token_for(alice)}\r\n"
    with dial(shared) as connection:
        reader = Reader(connection)
        answers = []
        for extra in (credential, credential, credential, "", credential):
            connection.sendall(request(target, extra))
            answers.append(reader.answer())
        with transaction():
            db.session.execute(text("UPDATE tokens SET revoked_at = now()"))
        for extra in (credential, "", credential):
            connection.sendall(request(target, extra))
            answers.append(reader.answer())

    assert [status for status, _, _ in answers] == [200] * 5 + [401, 200, 401]
    assert took_the_short_road(answers[4][1], answers[3][1])
    assert '"caller"' in answers[4][1]["RateLimit"]
    assert '"caller"' not in answers[5][1]["RateLimit"]


def test_a_request_in_two_pieces_is_answered_wherever_it_is_cut(shared: Site, target: str) -> None:
    whole = request(target)
    with dial(shared) as connection:
        reader = Reader(connection)
        for cut in range(1, len(whole), 7):
            connection.sendall(whole[:cut])
            time.sleep(0.005)  # so that they arrive apart, mostly
            connection.sendall(whole[cut:])

            assert reader.answer()[0] == 200


def test_requests_sent_without_waiting_are_answered_in_their_order(shared: Site, target: str) -> None:
    sent = [request(target, f"X-Request-ID: request-{number}\r\n") for number in range(20)]
    with dial(shared) as connection:
        reader = Reader(connection)
        connection.sendall(b"".join(sent[:10]))
        for one in sent[10:]:
            connection.sendall(one)
            time.sleep(0.001)

        ids = [reader.answer()[1]["X-Request-ID"] for _ in sent]

    assert ids == [f"request-{number}" for number in range(20)]


def test_a_client_that_takes_its_answers_slowly_gets_them_whole_and_keeps_nobody_waiting(
    shared: Site, target: str, deal: Deal, bob: User
) -> None:
    make_review(deal, bob, body="A long story. " * 500)
    expected = shared.ask(target).body
    for _ in range(2):
        shared.ask(target)
    with ExitStack() as stack:
        slow = []
        for _ in range(4 * THREADS):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            connection.settimeout(PATIENCE_S)
            connection.connect(("127.0.0.1", shared.port))
            for _ in range(60):
                connection.sendall(request(target))
            slow.append(connection)

        began_s = time.monotonic()
        assert shared.ask(target).body == expected
        assert time.monotonic() - began_s < PATIENCE_S / 4
        for connection in slow:
            reader = Reader(connection)
            assert [reader.answer()[2] for _ in range(60)] == [expected] * 60


def test_clients_that_leave_before_their_answer_harm_nobody(shared: Site, target: str) -> None:
    for _ in range(50):
        with dial(shared) as connection:
            connection.sendall(request(target) * 3)

    assert shared.ask(target).status == 200


def test_idle_connections_take_no_thread(shared: Site, target: str) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(dial(shared)) for _ in range(50 * THREADS)]
        for connection in idle[::2]:
            connection.sendall(request(target))
            assert Reader(connection).answer()[0] == 200

        for extra in ("", ORDINARY):
            with dial(shared) as connection:
                connection.sendall(request(target, extra))
                assert Reader(connection).answer()[0] == 200


def test_while_the_store_is_away_the_ordinary_road_answers_and_afterwards_the_short_one_again(
    site: Site, deal: Deal, valkey: Valkey
) -> None:
    path = f"/api/deals/{deal.id}"
    for _ in range(6):
        site.ask(path)

    valkey.kill()
    away = [site.ask(path) for _ in range(5)]
    valkey.start()
    deadline_s = time.monotonic() + PATIENCE_S
    while site.ask(path).headers["X-Cache"] != "HIT":
        assert time.monotonic() < deadline_s

    assert {answer.status for answer in away} == {200}
    assert away[-1].headers["X-Cache"] == "BYPASS"


def test_who_has_asked_before_the_server_stops_is_answered(shared: Site, target: str) -> None:
    with ExitStack() as stack:
        readers = []
        for _ in range(20):
            connection = stack.enter_context(dial(shared))
            connection.sendall(request(target))
            readers.append((connection, Reader(connection)))
        assert {reader.answer()[0] for _, reader in readers} == {200}

        for connection, _ in readers:
            connection.sendall(request(target))
        shared.stop()

        assert [reader.answer()[0] for _, reader in readers] == [200] * 20
    shared.start()


def test_a_worker_that_is_replaced_after_so_many_requests_loses_none(
    settings: Settings, deal: Deal, tmp_path: Path
) -> None:
    environment = environment_of(settings, settings.redis_url)
    site = Site(environment | {"GUNICORN_CMD_ARGS": "--max-requests 60"}, tmp_path / "web.log")
    site.start()
    try:
        answers = [site.ask(f"/api/deals/{deal.id}").status for _ in range(140)]
    finally:
        site.stop()

    assert answers == [200] * 140
    assert (tmp_path / "web.log").read_text().count("Autorestarting worker") >= 2
