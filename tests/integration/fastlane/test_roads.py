"""One request, three roads: our loop, the middleware, and Flask give the same answer, or leave it to Flask."""

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from flask import Flask
from gunicorn.config import Config
from gunicorn.http import wsgi
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from werkzeug.test import run_wsgi_app

from dealradar.domain.deals.models import Deal
from dealradar.domain.users import api_keys
from dealradar.domain.users.models import User
from dealradar.fastlane.connecting import EXTENSION
from dealradar.fastlane.lane import Lane
from dealradar.fastlane.middleware import FastLane
from dealradar.invalidation import transaction
from tests.factories.people import token_for
from tests.integration.fastlane.lanes import OWN, PEER, TIMED, Answer, lane_of, parse

EXAMPLES: Final = 20_000 if "LONG_TESTS" in os.environ else 400
CONFIG: Final = Config()
CONFIG.set("secure_scheme_headers", {})  # as in our configuration: who is behind a proxy is decided elsewhere
TARGETS: Final = ("/api/deals/1", "/api/deals/1?x=%20y", "/api/reviews/deal/1?limit=3", "/api/categories#top")
ALIEN: Final = (
    *("/api/deals/999", "/api/deals/01", "/api/me/bookmarks", "/api/../api/deals/1", "//api/deals", "/", "*"),
    *("/api/deals?limit=0", "/api/deals?sort=new&sort=top", "/api/deals/1/", "/api/deals/%31", "/api/deals?sort=%6eew"),
    *(
        "/api/deals?limit=2&x=#top",
        "/api/deals?sort=new+",
        "/api/deals?sort",
        "/deals/1",
        "/api/reports",
        "/me",
        "/api",
    ),
)
FIELDS: Final = (
    *("Accept-Encoding: br", "Accept-Encoding: gzip;q=0.5, br;q=0", "accept-encoding:\t*", "Accept-Encoding: ;;q=x"),
    *("If-None-Match: *", 'If-None-Match: "other"', "If-None-Match: {etag}", "If-None-Match: W/{etag}, nonsense"),
    *("Authorization: Bearer {token}", "Authorization: bearer  {token}", "Authorization: Bearer {token}x"),
    *("Authorization: Basic YTpi", "X-API-Key: {key}", "X-API-Key: {token}", "X-API-Key:"),
    *("Cookie: a=b; dealradar_session={token}", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"),
    *("X-Request-ID: request-12345", "X-Request-ID: bad id", "Connection: keep-alive", "Connection: close"),
    *("If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "If-Match: *", "Range: bytes=0-4", "Content-Length: 0"),
    *("Content-Length: 5", "Transfer-Encoding: chunked", "Expect: 200-ok", "Content-Type: text/plain", "TE: trailers"),
    *("Host: two", "Host: [::1]:3001", "X_Forwarded_For: 192.0.2.9", "Accept: text/html", "Cache-Control: no-cache"),
    *("X-HTTP-Method-Override: DELETE", " folded: line", "Bad Name: 1", "No colon", "Null: \0", "High: \xe9"),
)

requests = st.builds(
    lambda method, target, version, fields: (
        f"{method} {target} HTTP/{version}\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n"
    ),
    st.sampled_from(("GET", "GET", "GET", "HEAD", "POST", "get", "OPTIONS")),
    st.one_of(st.sampled_from(TARGETS), st.sampled_from(TARGETS), st.sampled_from(ALIEN)),
    st.sampled_from(("1.1", "1.1", "1.1", "1.0")),
    st.lists(st.sampled_from(FIELDS), max_size=4).map(lambda fields: ["Host: deals.example", *fields]),
)


@dataclass(frozen=True)
class Roads:
    """The three roads, and what a request may name; *came_to* has a line for each request that came to Flask."""

    app: Flask
    loop: Lane
    front: FastLane
    names: Mapping[str, str]
    came_to: list[str]


class Away:
    """A socket that nobody reads: whoever parses a request may have to tell its sender to go on."""

    def send(self, data: bytes) -> int:
        """Take *data*."""
        return len(data)


@pytest.fixture
def roads(app: Flask, deal: Deal, alice: User) -> Iterator[Roads]:
    """Return roads that know the targets and credentials."""
    with transaction():
        key = api_keys.create("robot", ["cache:read"])
    names = {"token": token_for(alice), "key": key, "etag": ""}
    came_to: list[str] = []

    def flask(environ: Any, start_response: Any) -> Any:
        came_to.append(environ["RAW_URI"])
        with app.app_context():
            return app.wsgi_app(environ, start_response)

    roads = Roads(app, lane_of(app), FastLane(flask, app.extensions[EXTENSION]), names, came_to)
    for target in TARGETS:
        for field in ("X: 1", "Authorization: Bearer {token}", "X-API-Key: {key}"):
            answer = by_wsgi(roads.front, environ_of(f"GET {target} HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n", roads))
            assert answer.status == "200 OK"
            names["etag"] = answer.headers["ETag"]
    assert deal.id == 1
    yield roads
    roads.loop.close()


def environ_of(request: str, roads: Roads) -> dict[str, Any]:
    """Return what gunicorn makes of *request* for an application.

    Raises:
        ParseException: It refuses it.
    """
    parsed = Request(CONFIG, IterUnreader(iter([written(request, roads)])), (PEER, 1), 1)
    _, environ = wsgi.create(parsed, Away(), (PEER, 1), ("127.0.0.1", 80), CONFIG)
    return {**environ, "wsgi.errors": io.StringIO()}


def written(request: str, roads: Roads) -> bytes:
    """Return the bytes of *request*, with what it names put in."""
    for name, value in roads.names.items():
        request = request.replace(f"{{{name}}}", value)
    return request.encode("latin-1")


def by_wsgi(application: Any, environ: dict[str, Any]) -> Answer:
    """Return what *application* answers."""
    body, status, headers = run_wsgi_app(application, dict(environ))
    return Answer(status, dict(headers.to_wsgi_list()), b"".join(body))


def from_the_cache(application: Any, environ: dict[str, Any]) -> Answer:
    """Return what *application* answers when it has it in the cache, and the store isn't late."""
    for _ in range(3):
        answer = by_wsgi(application, environ)
        if answer.headers.get("X-Cache") not in {"MISS", "BYPASS"}:
            break
    return answer


def check_same(short: Answer, ordinary: Answer) -> None:
    """Fail if the answers differ by more than when, and as which, they were made."""
    assert (short.status, short.body) == (ordinary.status, ordinary.body)
    passing = {"Server", "Date", "Connection", "Last-Modified"}
    assert short.headers.keys() - passing == ordinary.headers.keys() - passing
    changing = OWN | TIMED if "X-Request-ID" in ordinary.headers else set()
    for name in (ordinary.headers.keys() & short.headers.keys()) - changing:
        assert short.headers[name] == ordinary.headers[name], name


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(request=requests)
def test_each_road_gives_the_same_answer(roads: Roads, request: str) -> None:
    data = written(request, roads)
    asking = roads.loop.consider(data, PEER)
    try:
        environ = environ_of(request, roads)
    except ParseException:
        assert asking is None, "the loop takes what gunicorn refuses"
        return

    with roads.app.app_context():
        ordinary = from_the_cache(roads.app.wsgi_app, environ)
    roads.came_to.clear()
    by_front = from_the_cache(roads.front, environ)
    outcome = None if asking is None else roads.loop.answer([asking])[0]
    roads.loop.tick()

    check_same(by_front, ordinary)
    if outcome is not None and outcome.data is not None:
        event("answered in the loop")
        check_same(parse(outcome.data), ordinary)
        assert not roads.came_to, "the loop answers what the middleware doesn't"
    event("came to Flask" if roads.came_to else "answered before Flask")
