"""Who may keep which answer: a line for each route, a column for each kind of caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from tests.factories.things import Ids, path_of, things_of

As = Callable[[User], FlaskClient]
STRANGER: Final = {"REMOTE_ADDR": "203.0.113.7"}
CHANGING: Final = frozenset(
    {
        *("Date", "Age", "Last-Modified", "X-Request-ID", "Cache-Status"),
        *("RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    }
)


class Visitor(StrEnum):
    """Who asks."""

    ANYBODY = "anybody"
    MEMBER = "the member whose thing it is"
    OTHER = "another member"
    MODERATOR = "a moderator"
    IMPOSTOR = "somebody with a bad token"


class Keeper(StrEnum):
    """Who may keep an answer (RFC 9111 §5.2.2)."""

    ANYBODY = "any cache"
    BROWSER = "the caller's own cache"
    NOBODY = "none"
    UNSAID = "whoever dares"


@dataclass(frozen=True)
class Cell:
    """What a visitor is answered, and who may keep that."""

    status: int
    keeper: Keeper


SHARED: Final = Cell(200, Keeper.ANYBODY)
OWN: Final = Cell(200, Keeper.BROWSER)
SECRET: Final = Cell(200, Keeper.NOBODY)
UNKNOWN: Final = Cell(401, Keeper.NOBODY)
REFUSED: Final = Cell(403, Keeper.NOBODY)


@dataclass(frozen=True)
class Kind:
    """How the routes of one kind answer each visitor."""

    anybody: Cell
    member: Cell
    other: Cell
    moderator: Cell
    impostor: Cell = UNKNOWN

    def row(self) -> Mapping[Visitor, Cell]:
        """Return the cells by their visitors."""
        return dict(zip(Visitor, (self.anybody, self.member, self.other, self.moderator, self.impostor), strict=True))


LIST: Final = Kind(SHARED, SHARED, SHARED, SHARED)
PERSONAL: Final = Kind(UNKNOWN, OWN, OWN, OWN)
MODERATION: Final = Kind(UNKNOWN, REFUSED, REFUSED, SECRET)
CONTROL: Final = Kind(UNKNOWN, REFUSED, REFUSED, REFUSED)
MEASURES: Final = Kind(REFUSED, REFUSED, REFUSED, REFUSED)
LIVENESS: Final = Kind(SECRET, SECRET, SECRET, SECRET, impostor=SECRET)
READINESS: Final = Kind(SECRET, SECRET, SECRET, SECRET)
ELSEWHERE: Final = Cell(302, Keeper.NOBODY)
MOVED: Final = Kind(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE, impostor=ELSEWHERE)
ABSENT: Final = Cell(404, Keeper.NOBODY)
NOWHERE: Final = Kind(ABSENT, ABSENT, ABSENT, ABSENT, impostor=ABSENT)
PAGE: Final = Kind(SHARED, SHARED, SHARED, SHARED)
THERE: Final = Cell(303, Keeper.NOBODY)
MENTIONED: Final = Kind(THERE, THERE, THERE, THERE, impostor=THERE)
FORM: Final = Kind(SECRET, SECRET, SECRET, SECRET, impostor=SECRET)
OVERLAY: Final = Kind(UNKNOWN, SECRET, SECRET, SECRET)
OWN_PAGE: Final = Kind(THERE, SECRET, SECRET, SECRET, impostor=THERE)
OWNERS_PAGE: Final = Kind(THERE, SECRET, REFUSED, SECRET, impostor=THERE)
ORDER_PAGE: Final = Kind(THERE, REFUSED, REFUSED, SECRET, impostor=THERE)
DOCUMENT: Final = Kind(SHARED, SHARED, SHARED, SHARED, impostor=SHARED)


@dataclass(frozen=True)
class Line:
    """One route and its kind."""

    rule: str
    kind: Kind
    query: str = ""

    def __str__(self) -> str:
        return self.rule


TABLE: Final = (
    Line("/health", LIVENESS),
    Line("/ready", READINESS),
    Line("/metrics", MEASURES),
    Line("/metrics/cache", MEASURES),
    Line("/api/auth/me", PERSONAL),
    Line("/api/users", MODERATION),
    Line("/api/users/<int:user_id>", LIST),
    Line("/api/categories", LIST),
    Line("/api/merchants", LIST),
    Line("/api/merchants/<slug>", LIST),
    Line("/api/deals", LIST),
    Line("/api/deals/<int:deal_id>", LIST),
    Line("/api/deals/<int:deal_id>/prices", LIST),
    Line("/api/me/bookmarks", PERSONAL),
    Line("/api/me/votes/deals", PERSONAL),
    Line("/api/me/votes/reviews", PERSONAL),
    Line("/api/me/votes/comments", PERSONAL),
    Line("/api/reviews/deal/<int:deal_id>", LIST),
    Line("/api/reviews/user/<int:user_id>", LIST),
    Line("/api/reviews/<int:review_id>", LIST),
    Line("/api/comments/review/<int:review_id>", LIST),
    Line("/api/comments/deal/<int:deal_id>", LIST),
    Line("/api/comments/user/<int:user_id>", LIST),
    Line("/api/comments/<int:comment_id>", LIST),
    Line("/api/reports", MODERATION),
    Line("/api/reports/stats", MODERATION),
    Line("/api/reports/<int:report_id>", MODERATION),
    Line("/api/moderation/log", MODERATION),
    Line("/api/notifications", PERSONAL),
    Line("/api/cache/jobs/<int:job_id>", CONTROL),
    Line("/api/cache/entries", CONTROL, query="path=/deals"),
    Line("/api/cache/activity", CONTROL),
    Line("/api/cache/holdings", CONTROL),
    Line("/api/cache/policies", CONTROL),
    Line("/api/alerts", CONTROL),
    Line("/api/monitoring/history", CONTROL),
    Line("/api/monitoring/processes", CONTROL),
    Line("/api/alerts/signals", CONTROL),
    Line("/api/alerts/silences", CONTROL),
    Line("/api/monitoring/mails", CONTROL),
    Line("/api/openapi.json", DOCUMENT),
    Line("/api/docs", DOCUMENT),
    Line("/api/docs/assets/<name>", MOVED),
    Line("/", PAGE),
    Line("/deals/<int:deal_id>", PAGE),
    Line("/reviews/<int:review_id>", PAGE),
    Line("/users/<int:user_id>", PAGE),
    Line("/feeds/new.atom", PAGE),
    Line("/feeds/categories/<slug>/new.atom", PAGE),
    Line("/sitemap.xml", PAGE),
    Line("/sitemaps/<int:part>/deals.xml", PAGE),
    Line("/robots.txt", DOCUMENT),
    Line("/favicon.ico", DOCUMENT),
    Line("/assets/<release>/<name>", NOWHERE),
    Line("/comments/<int:comment_id>", MENTIONED),
    Line("/login", FORM),
    Line("/register", FORM),
    Line("/me", OWN_PAGE),
    Line("/me/overlay", OVERLAY),
    Line("/me/bookmarks", OWN_PAGE),
    Line("/me/notifications", OWN_PAGE),
    Line("/me/password", OWN_PAGE),
    Line("/me/report", OWN_PAGE),
    Line("/me/deals/new", OWN_PAGE),
    Line("/me/deals/<int:deal_id>/edit", OWNERS_PAGE),
    Line("/me/deals/<int:deal_id>/remove", OWNERS_PAGE),
    Line("/me/reviews/new", OWN_PAGE),
    Line("/me/reviews/<int:review_id>/edit", OWNERS_PAGE),
    Line("/me/reviews/<int:review_id>/remove", OWNERS_PAGE),
    Line("/me/comments/new", OWN_PAGE),
    Line("/me/comments/<int:comment_id>/edit", OWNERS_PAGE),
    Line("/me/comments/<int:comment_id>/remove", OWNERS_PAGE),
    Line("/me/moderation/reports", ORDER_PAGE),
    Line("/me/moderation/log", ORDER_PAGE),
    Line("/me/moderation/people", ORDER_PAGE),
    Line("/admin", MOVED),
    Line("/admin/", DOCUMENT),
    Line("/admin/assets/<release>/<name>", NOWHERE),
)


@pytest.fixture
def visitors(app: Flask, as_: As, alice: User, mallory: User, mona: User) -> Mapping[Visitor, FlaskClient]:
    """Return a client for each visitor; what there is is alice's."""
    impostor = app.test_client()
    impostor.environ_base["HTTP_AUTHORIZATION"] = f"Bearer dr_{'x' * 43}"
    clients = (app.test_client(), as_(alice), as_(mallory), as_(mona), impostor)
    return dict(zip(Visitor, clients, strict=True))


@pytest.fixture
def ids(alice: User, bob: User) -> Ids:
    """Return what the routes are about."""
    return things_of(alice, bob)


def test_every_route_has_its_line_in_the_table(app: Flask) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert {line.rule for line in TABLE} == routes


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_each_answer_may_be_kept_by_whom_the_table_says_and_head_is_get_without_the_body(
    line: Line, visitors: Mapping[Visitor, FlaskClient], ids: Ids
) -> None:
    got, head = {}, {}

    for visitor, client in visitors.items():
        _ask(client, line, ids)  # so that both are hits, where anything is cached
        got[visitor] = _ask(client, line, ids)
        head[visitor] = _ask(client, line, ids, method="HEAD")

    assert {visitor: _cell(answer) for visitor, answer in got.items()} == line.kind.row()
    assert {visitor: _head(answer, line) for visitor, answer in head.items()} == {
        visitor: _head(answer, line) for visitor, answer in got.items()
    }
    assert {answer.data for answer in head.values()} == {b""}


def _ask(client: FlaskClient, line: Line, ids: Ids, *, method: str = "GET") -> Any:
    path = path_of(line.rule, ids)
    with client.open(path, method=method, query_string=line.query, environ_overrides=STRANGER) as answer:
        assert answer.data is not None  # read, before its file is closed
        return answer


def _cell(answer: Any) -> Cell:
    return Cell(answer.status_code, _keeper(answer.cache_control))


def _keeper(told: Any) -> Keeper:
    if told.private:  # as well where nothing may be kept at all: there are CDNs that heed no other word
        return Keeper.NOBODY if told.no_store else Keeper.BROWSER
    return Keeper.ANYBODY if told.public or told.max_age is not None else Keeper.UNSAID


def _head(answer: Any, line: Line) -> tuple[int, dict[str, str]]:
    """Return status and fields, without those that differ between two answers to the same request."""
    assert "Set-Cookie" not in answer.headers
    changing = CHANGING | ({"Content-Length"} if line.kind is LIVENESS else set())  # it tells the time in figures
    return answer.status_code, {name: value for name, value in answer.headers if name not in changing}
