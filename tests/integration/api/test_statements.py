"""What each route asks of the database: so many statements, however much there is, and none that grows with it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache import stores
from tests.applications import Make
from tests.factories.crowds import crowd
from tests.factories.people import token_for
from tests.factories.things import Ids, path_of, things_of
from tests.routes import EVERYBODY, TABLE, Line
from tests.statements import Statement, recorded

FEW: Final = 3
MANY: Final = 30

BUDGETS: Final[Mapping[str, int]] = {
    "POST /api/auth/register": 6,
    "POST /api/auth/login": 4,
    "POST /api/auth/logout": 3,
    "POST /api/auth/password": 5,
    "GET /api/auth/me": 2,
    "PATCH /api/auth/me": 6,
    "GET /api/users": 1,
    "GET /api/users/<int:user_id>": 1,
    "GET /api/categories": 1,
    "GET /api/merchants": 1,
    "GET /api/merchants/<slug>": 1,
    "GET /api/deals": 1,
    "POST /api/deals": 7,
    "GET /api/deals/<int:deal_id>": 1,
    "PATCH /api/deals/<int:deal_id>": 10,
    "DELETE /api/deals/<int:deal_id>": 6,
    "GET /api/deals/<int:deal_id>/prices": 1,
    "POST /api/deals/<int:deal_id>/vote": 6,
    "PUT /api/deals/<int:deal_id>/bookmark": 4,
    "DELETE /api/deals/<int:deal_id>/bookmark": 4,
    "GET /api/me/bookmarks": 1,
    "GET /api/me/votes/deals": 1,
    "GET /api/me/votes/reviews": 1,
    "GET /api/me/votes/comments": 1,
    "GET /api/reviews/deal/<int:deal_id>": 1,
    "GET /api/reviews/user/<int:user_id>": 1,
    "GET /api/reviews/<int:review_id>": 1,
    "POST /api/reviews": 5,
    "PATCH /api/reviews/<int:review_id>": 7,
    "DELETE /api/reviews/<int:review_id>": 6,
    "POST /api/reviews/<int:review_id>/vote": 6,
    "GET /api/comments/review/<int:review_id>": 1,
    "GET /api/comments/deal/<int:deal_id>": 1,
    "GET /api/comments/user/<int:user_id>": 1,
    "GET /api/comments/<int:comment_id>": 1,
    "POST /api/comments": 6,
    "PATCH /api/comments/<int:comment_id>": 9,
    "DELETE /api/comments/<int:comment_id>": 10,
    "POST /api/comments/<int:comment_id>/vote": 5,
    "POST /api/reports": 7,
    "GET /api/reports": 1,
    "GET /api/reports/stats": 1,
    "GET /api/reports/<int:report_id>": 1,
    "PATCH /api/reports/<int:report_id>": 12,
    "GET /api/moderation/log": 1,
    "GET /api/notifications": 1,
    "POST /api/notifications/read": 3,
    "POST /api/cache/invalidate": 5,
    "POST /api/cache/warm": 4,
    "GET /api/cache/jobs/<int:job_id>": 1,
    "GET /api/cache/entries": 0,
    "GET /api/cache/activity": 4,
    "GET /api/cache/holdings": 0,
    "GET /api/cache/policies": 2,
    "PATCH /api/cache/policies": 9,
    "GET /api/alerts": 1,
    "GET /api/alerts/signals": 2,
    "POST /api/alerts/<int:alert_id>/acknowledge": 4,
    "GET /api/alerts/silences": 1,
    "POST /api/alerts/silences": 3,
    "DELETE /api/alerts/silences/<int:silence_id>": 4,
    "GET /api/monitoring/history": 3,
    "GET /api/monitoring/processes": 1,
    "GET /api/monitoring/mails": 1,
    "GET /": 2,
    "GET /deals/<int:deal_id>": 4,
    "GET /reviews/<int:review_id>": 2,
    "GET /users/<int:user_id>": 2,
    "GET /feeds/new.atom": 1,
    "GET /feeds/categories/<slug>/new.atom": 2,
    "GET /sitemap.xml": 1,
    "GET /sitemaps/<int:part>/deals.xml": 2,
    "GET /api/openapi.json": 0,
    "GET /api/docs": 0,
    "GET /api/docs/assets/<name>": 0,
}
"""Statements of a miss; a change has one for who calls where that must be known, and one for what it owes the cache.

Who calls to read is known by a record in the store; without one it costs a statement more (`SHOWN`).
"""

SHOWN: Final = frozenset(str(line) for line in TABLE if line.method == "GET" and line.may != EVERYBODY)
"""The reads for which a credential must be shown."""

COUNTING: Final[Mapping[str, str]] = {
    "GET /api/auth/me": "what is unread, up to a bound",
    "PATCH /api/auth/me": "what is unread, up to a bound",
    "GET /api/reports/stats": "those that wait and were filed within a week",
}
"""The routes that count rows, and why they may."""

COUNTS: Final = re.compile(r"\bcount\(", re.IGNORECASE)
SKIPS: Final = re.compile(r"\boffset\b", re.IGNORECASE)

Ask = Callable[[Flask, int], Mapping[str, list[Statement]]]


@pytest.fixture
def ask(alice: User, bob: User, ada: User, app: Flask) -> Ask:
    """Return what sends an application each route's request, among so much of everything, and returns the statements.

    Who asks is anybody where anybody may, else an admin whose token has been used a moment ago. What reads leave as it
    was is there for all of them; each change gets things of its own.
    """

    def crowded(count: int) -> Ids:
        ids = things_of(alice, bob)
        crowd(ids, count)
        return ids

    def sent(asked: Flask, count: int) -> Mapping[str, list[Statement]]:
        shared = crowded(count)
        found = {}
        for line in sorted(TABLE, key=lambda line: line.method != "GET"):
            ids = shared if line.method == "GET" else crowded(count)
            found[str(line)] = _statements(_client(asked, ada, line), line, ids)
        return found

    with app.app_context():
        stores.await_first_recovery()
    return sent


def _client(app: Flask, ada: User, line: Line) -> FlaskClient:
    client = app.test_client()
    if line.may != EVERYBODY:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_for(ada)}"
        assert client.get("/api/auth/me").status_code == 200
    return client


def _statements(client: FlaskClient, line: Line, ids: Ids) -> list[Statement]:
    told = {"json": line.body(ids), "headers": list(line.headers), "query_string": line.query}
    with client.application.app_context(), recorded() as heard:
        answer = client.open(path_of(line.rule, ids), method=line.method, **told)
    assert answer.status_code < 400, answer.text
    assert answer.headers.get("X-Cache") != "HIT"
    answer.close()
    return heard


@pytest.mark.parametrize("count", [FEW, MANY])
def test_each_route_keeps_to_its_budget_of_statements_however_much_there_is(app: Flask, ask: Ask, count: int) -> None:
    found = ask(app, count)

    assert {route: len(statements) for route, statements in found.items()} == BUDGETS
    assert {route for route in found if _has(COUNTS, found[route])} == COUNTING.keys()
    assert {route for route in found if _has(SKIPS, found[route])} == set()


def _has(pattern: re.Pattern[str], statements: list[Statement]) -> bool:
    return any(pattern.search(statement.sql) for statement in statements)


def test_what_a_get_reads_it_reads_in_transactions_that_can_not_write(app: Flask, ask: Ask) -> None:
    found = ask(app, FEW)

    may_write = {route for route, statements in found.items() if any(one.may_write for one in statements)}
    assert may_write == {route for route in BUDGETS if not route.startswith("GET")}


def test_without_the_cache_reads_cost_one_more_for_who_calls_and_writes_no_more(make: Make, ask: Ask) -> None:
    uncached = make(cache_enabled=False)

    found = {route: len(statements) for route, statements in ask(uncached, FEW).items()}

    reads = {route for route in BUDGETS if route.startswith("GET")}
    assert {route: found[route] for route in reads} == {route: BUDGETS[route] + (route in SHOWN) for route in reads}
    assert {route for route in found if found[route] > BUDGETS[route]} - SHOWN == set()


@pytest.mark.usefixtures("app")
def test_a_request_whose_statement_takes_too_long_is_asked_to_come_back(make: Make) -> None:
    impatient = make(database_statement_timeout_ms=100)

    with db.engine.connect() as connection:
        connection.execute(text("LOCK TABLE deals IN ACCESS EXCLUSIVE MODE"))
        answer = impatient.test_client().get("/api/deals")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
