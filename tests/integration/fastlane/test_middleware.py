"""Before Flask, under any WSGI server, a hit is answered by the same decision as in our own loop."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Event, Lock
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import Client

from dealradar import background
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.fastlane import middleware, telling
from dealradar.fastlane.connecting import EXTENSION
from dealradar.fastlane.desk import Desk
from dealradar.fastlane.heads import Head
from dealradar.fastlane.lane import Lane
from dealradar.invalidation import transaction
from dealradar.ratelimit.recollection import Tally
from tests.applications import Make
from tests.factories.people import token_for
from tests.integration.fastlane.lanes import OWN, PEER, TIMED, lane_of, learn
from tests.measuring import Since


@pytest.fixture
def visitor(app: Flask) -> Client:
    """Return a client that asks a server which has the middleware before the application."""
    front = middleware.FastLane(in_context_of(app), app.extensions[EXTENSION])

    def server(environ: Any, start_response: Any) -> Any:
        return front({**environ, "REMOTE_ADDR": PEER}, start_response)

    return Client(server)


def in_context_of(app: Flask) -> Any:
    """Return what answers each request in a context of its own, as *app* does on a server."""

    def answer(environ: Any, start_response: Any) -> Any:
        with app.app_context():
            return app.wsgi_app(environ, start_response)

    return answer


def took_the_short_road(visitor: Client, path: str, **told: Any) -> bool:
    """Return whether a request doesn't come to Flask, whose requests have random ids."""
    first, second = (visitor.get(path, **told).headers["X-Request-ID"] for _ in range(2))
    return first[:20] == second[:20]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepted", ["br", "identity"])
def test_it_answers_as_flask_does(client: FlaskClient, visitor: Client, deal: Deal, accepted: str, method: str) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    learn(visitor, path)
    ordinary = client.open(path, method=method, headers={"Accept-Encoding": accepted})

    answer = visitor.open(path, method=method, headers={"Accept-Encoding": accepted})

    assert took_the_short_road(visitor, path)
    assert (answer.status, answer.data) == (ordinary.status, ordinary.data)
    assert set(answer.headers.keys()) == set(ordinary.headers.keys())
    for name, value in ordinary.headers.items():
        if name not in OWN | TIMED:
            assert answer.headers.getlist(name) == [value], name


def test_what_is_not_changed_is_not_sent_again(visitor: Client, deal: Deal) -> None:
    path = f"/api/deals/{deal.id}"
    learn(visitor, path)
    tag = visitor.get(path).headers["ETag"]

    answer = visitor.get(path, headers={"If-None-Match": tag})

    assert answer.status == "304 NOT MODIFIED"
    assert answer.data == b""
    assert "Content-Length" not in answer.headers


def test_a_member_is_answered_until_their_token_is_revoked(visitor: Client, deal: Deal, alice: User) -> None:
    path, told = f"/api/deals/{deal.id}", {"Authorization": f"Bearer {token_for(alice)}"}
    for _ in range(2):
        assert visitor.get(path, headers=told).status_code == HTTPStatus.OK
    assert took_the_short_road(visitor, path, headers=told)

    with transaction():
        db.session.execute(text("UPDATE tokens SET revoked_at = now()"))

    assert visitor.get(path, headers=told).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "environ",
    [
        {"REQUEST_METHOD": "POST"},
        {"wsgi.url_scheme": "https"},
        {"SCRIPT_NAME": "/shop"},
        {"CONTENT_LENGTH": "1"},
        {"CONTENT_TYPE": "text/plain"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"HTTP_AUTHORIZATION": "Basic YTpi"},
        {"HTTP_X_API_KEY": ""},
        {"HTTP_HOST": "two words"},
        {"HTTP_ACCEPT_ENCODING": "x" * 8_001},
        {"RAW_URI": "http://localhost/api/deals/1"},
        {"RAW_URI": ""},
        {"RAW_URI": "/api/deals/\u00e9"},
    ],
    ids="-".join,
)
def test_what_is_not_plain_is_left_to_flask(
    app: Flask, visitor: Client, deal: Deal, environ: Mapping[str, str]
) -> None:
    learn(visitor, f"/api/deals/{deal.id}")
    seen: list[str] = []
    plain = {"REQUEST_METHOD": "GET", "HTTP_HOST": "localhost", "wsgi.url_scheme": "http", "REMOTE_ADDR": PEER}
    plain["RAW_URI"] = f"/api/deals/{deal.id}"

    def start(*_: object) -> Any:
        seen.append("short")

    def flask(*_: object) -> list[bytes]:
        seen.append("flask")
        return []

    front = middleware.FastLane(flask, lambda _: lane_of(app))
    front(dict(plain), start)
    front({**plain, **environ}, start)

    assert seen == ["short", "flask"]


def test_what_the_servers_loop_has_asked_about_is_not_asked_again_nor_counted(
    visitor: Client, app: Flask, deal: Deal
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(visitor, path)
    counted = visitor.get(path).headers["RateLimit"]
    lane = lane_of(app)
    asking = lane.understand(Head(path.encode(), is_head=False, host="localhost"), PEER)
    assert asking is not None
    (outcome,) = lane.answer([asking])
    assert outcome.answered is not None
    (toll,) = asking.tolls
    usage = outcome.answered.usages[0]
    tally = Tally(usage.quota - usage.remaining, usage.resets_at_s)

    with lane.counted({toll.key: tally}):
        answer = visitor.get(path)

    assert "r=" in counted
    assert int(answer.headers["X-RateLimit-Remaining"]) == usage.remaining
    assert answer.headers["X-Request-ID"][:20] != visitor.get(path).headers["X-Request-ID"][:20]


def test_what_threads_ask_while_one_is_waiting_for_the_store_is_asked_in_one_exchange(
    visitor: Client, app: Flask, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(visitor, path)
    lane = lane_of(app)
    sizes: list[int] = []
    begun, go_on, both_wait = Event(), Event(), Lock()
    answer = Lane.answer

    def slowly(self: Lane, askings: Any) -> Any:
        sizes.append(len(askings))
        begun.set()
        assert go_on.wait(20)
        return answer(self, askings)

    monkeypatch.setattr(Lane, "answer", slowly)
    desk = Desk(lane)
    heads = [Head(path.encode(), is_head=False, host="localhost", request_id=f"request-{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(desk.ask, heads[0], PEER)
        assert begun.wait(20)
        others = [threads.submit(desk.ask, head, PEER) for head in heads[1:]]
        with both_wait:
            while len(desk._waiting) < 5:  # noqa: SLF001  nothing else tells that they wait
                pass
        go_on.set()
        outcomes = [each.result(20) for each in (first, *others)]

    assert sizes == [1, 5]
    assert [outcome.answered and outcome.answered.request_id for outcome in outcomes] == [
        f"request-{n}" for n in range(6)
    ]


def test_who_was_answered_does_not_wait_for_the_next_exchange(
    visitor: Client, app: Flask, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(visitor, path)
    go_on = [Event() for _ in range(3)]
    exchanges = iter(go_on)
    answer = Lane.answer

    def in_turn(self: Lane, askings: Any) -> Any:
        assert next(exchanges).wait(20)
        return answer(self, askings)

    monkeypatch.setattr(Lane, "answer", in_turn)
    desk = Desk(lane_of(app))
    head = Head(path.encode(), is_head=False, host="localhost")
    with ThreadPoolExecutor(8) as threads:
        rounds = []
        for waiting in (0, 5, 1):
            rounds.append([threads.submit(desk.ask, head, PEER) for _ in range(waiting or 1)])
            while len(desk._waiting) < waiting:  # noqa: SLF001  nothing else tells that they wait
                pass
            if waiting:
                go_on[len(rounds) - 2].set()
                assert all(each.result(20).answered for each in rounds[-2])
            else:
                while not desk._is_led or desk._waiting:  # noqa: SLF001  nor that one is at it
                    pass
        go_on[-1].set()
        assert all(each.result(20).answered for each in rounds[-1])


def test_a_fault_of_the_lane_reaches_one_request_and_leaves_the_others_to_flask(
    visitor: Client, app: Flask, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(visitor, path)
    desk = Desk(lane_of(app))
    head = Head(path.encode(), is_head=False, host="localhost")
    with monkeypatch.context() as broken:
        broken.setattr(Lane, "answer", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            desk.ask(head, PEER)

    assert desk.ask(head, PEER).answered is not None


def test_what_is_put_before_an_application_tells_what_it_answered(make: Make, deal: Deal) -> None:
    site, path = make(), f"/api/deals/{deal.id}"
    middleware.put_before(site)
    visitor = site.test_client()
    learn(visitor, path)
    since = Since()

    assert took_the_short_road(visitor, path)
    with site.app_context():
        telling.tell_hits()
        telling.tell_last_hits()

    assert since("dealradar_cache_responses_total", endpoint="/deals/<int:deal_id>", result="HIT", reason="valid") >= 2
    assert telling.tell_hits in {each.act for each in background.ROUNDS}


def test_without_a_cache_nothing_is_before_flask(make: Make) -> None:
    bare = make(cache_enabled=False)
    before = bare.wsgi_app

    middleware.put_before(bare)

    assert bare.wsgi_app == before
    with bare.app_context():
        telling.tell_hits()
