"""What `scripts/dev load` asks, and how it reads what is answered, without starting anything."""

from collections import Counter

import pytest

from scripts.bench.traffic import Places
from scripts.load import crew
from scripts.load.connection import answer_in
from scripts.load.generator import Orders
from scripts.load.requests import ABUSERS, EVERYBODY, Ground, Person, Request
from scripts.load.traffic import Mix, Traffic

GROUND = Ground(
    Places(deals=range(1, 101), reviews=range(201, 401), people=range(501, 551)),
    pages=["/api/deals?sort=new&cursor=a", "/api/deals?sort=new&cursor=b"],
    reports=[7, 8],
    members=[Person(number, f"member{number}") for number in range(8)],
    moderators=[Person(90, "moderator")],
)


def _drawn(mix: Mix, *, count: int = 2_000, seed: int = 1) -> list[Request]:
    traffic = Traffic(mix, GROUND, seed=seed)
    return [traffic.draw() for _ in range(count)]


def test_the_same_seed_gives_the_same_requests_and_another_seed_others() -> None:
    assert _drawn(Mix(), seed=1) == _drawn(Mix(), seed=1)
    assert _drawn(Mix(), seed=1) != _drawn(Mix(), seed=2)


def test_writes_have_their_share_and_each_is_by_somebody() -> None:
    requests = _drawn(Mix(writes=0.1), count=4_000)
    writes = [request for request in requests if not request.endpoint.startswith("GET")]

    assert len(writes) == pytest.approx(400, rel=0.2)
    assert all(b"\r\nAuthorization: Bearer " in write.head for write in writes)
    assert {write.endpoint for write in writes} == {
        *("POST /api/deals/{}/vote", "POST /api/reviews/{}/vote", "POST /api/comments", "POST /api/reports"),
        "PATCH /api/reports/{}",
    }


def test_comments_come_in_bursts_on_one_review() -> None:
    comments = [request.body for request in _drawn(Mix(writes=1), count=25) if "comments" in request.endpoint]

    most = Counter(comments).most_common(1)[0][1]

    assert most >= 3


def test_nobody_reports_a_person_twice() -> None:
    reports = [request for request in _drawn(Mix(writes=1)) if request.endpoint == "POST /api/reports"]

    assert len({(report.head, report.body) for report in reports}) == len(reports) > 100


def test_moderators_read_what_waits_and_change_any_version() -> None:
    requests = _drawn(Mix(), count=10_000)
    by_moderators = {request.endpoint for request in requests if b"Bearer moderator\r\n" in request.head}
    decisions = [request for request in requests if request.endpoint == "PATCH /api/reports/{}"]

    assert by_moderators == {"GET /api/reports?waiting=true", "GET /api/reports/stats", "PATCH /api/reports/{}"}
    assert all(b"\r\nIf-Match: *\r\n" in decision.head for decision in decisions)


def test_abusers_share_one_address_and_others_have_many_of_few_requests_each() -> None:
    mix = Mix(writes=0, members=0, abusers=0.5, has_addresses=True)
    requests = [*_drawn(mix, seed=1), *_drawn(mix, seed=2)]
    abusers, others = (
        Counter(one.head.partition(b"X-Forwarded-For: ")[2] for one in requests if one.crowd == crowd)
        for crowd in (ABUSERS, EVERYBODY)
    )

    assert len(abusers) == 1
    assert max(others.values()) <= 20
    assert not any(b"Authorization" in request.head for request in requests)


def test_a_returning_client_sends_what_it_has_before_the_empty_line() -> None:
    request = Request("GET /a", b"GET /a HTTP/1.1\r\nHost: load\r\n")

    assert request.wire() == b"GET /a HTTP/1.1\r\nHost: load\r\n\r\n"
    assert request.wire(b'"x"') == b'GET /a HTTP/1.1\r\nHost: load\r\nIf-None-Match: "x"\r\n\r\n'


def test_an_answer_is_there_when_its_last_byte_is() -> None:
    came = b'HTTP/1.1 200 OK\r\nX-Cache: HIT\r\nETag: "x"\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody'

    answer = answer_in(came)

    assert [answer_in(came[:end]) for end in (0, 20, len(came) - 4, len(came) - 1)] == [None] * 4
    assert answer is not None
    assert (answer.status, answer.x_cache, answer.etag, answer.body_bytes) == (200, "HIT", b'"x"', 4)
    assert answer.is_last


def test_an_answer_without_a_body_ends_with_its_fields_whatever_length_they_tell() -> None:
    answer = answer_in(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n")

    assert answer is not None
    assert (answer.status, answer.x_cache, answer.body_bytes, answer.is_last) == (304, "-", 0, False)


def test_generators_share_connections_rate_and_members_and_draw_differently() -> None:
    orders = Orders(1, Mix(), GROUND, seed=3, connections=50, rate_per_s=500, duration_s=1, begins_s=0)

    shares = [crew.share_of(orders, number) for number in range(crew.GENERATORS)]

    assert sum(share.connections for share in shares) == 50
    assert sum(share.rate_per_s or 0 for share in shares) == 500
    assert len({share.seed for share in shares}) == crew.GENERATORS
    assert sorted(member.id for share in shares for member in share.ground.members) == list(range(8))
