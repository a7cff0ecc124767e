"""Each route of the API: who may use it, and what is sent to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from flask import current_app
from sqlalchemy import func, update

from dealradar.domain import users
from dealradar.domain.users import Registration, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.things import Ids

PASSWORD: Final = "long enough, isn't it"


class Visitor(StrEnum):
    """Who comes: anybody, people by what they are to the thing in question, and machines."""

    ANYBODY = "anybody"
    OWNER = "its owner"
    OTHER = "another member"
    MODERATOR = "a moderator"
    ADMIN = "an admin"
    MACHINE = "an API key of every scope"
    METER = "an API key of the scope metrics:read"


EVERYBODY: Final = frozenset(Visitor)
MEMBERS: Final = frozenset({Visitor.OWNER, Visitor.OTHER, Visitor.MODERATOR, Visitor.ADMIN})
MODERATORS: Final = frozenset({Visitor.MODERATOR, Visitor.ADMIN})
OWNER_OR_MODERATORS: Final = MEMBERS - {Visitor.OTHER}
ALL_BUT_THE_OWNER: Final = MEMBERS - {Visitor.OWNER}
ADMINS: Final = frozenset({Visitor.ADMIN})
ADMINS_OR_MACHINES: Final = frozenset({Visitor.ADMIN, Visitor.MACHINE})


@dataclass(frozen=True)
class Line:
    """One route, who may use it, and what is sent to it."""

    method: str
    rule: str
    may: frozenset[Visitor]
    body: Callable[[Ids], Any] = lambda _: None
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def always(**body: Any) -> Callable[[Ids], Any]:
    """Return what sends the same body, whatever the ids are."""
    return lambda _: body


def registration(ids: Ids) -> dict[str, str]:
    """Return what somebody new sends to join."""
    name = f"guest-{ids['deal_id']}"
    return {"username": name, "email": f"{name}@example.org", "password": PASSWORD}


def joined(ids: Ids) -> str:
    """Return the username of somebody new, whose password is PASSWORD."""
    wish = Registration(**registration(ids))
    with transaction():
        users.join(wish, role=Role.MEMBER, passwords=current_app.extensions["passwords"])
    return wish.username


def known_passwords(_: Ids) -> dict[str, str]:
    """Give those who come to try routes PASSWORD, and return what changes it."""
    with transaction():
        email = func.coalesce(User.email, User.username + "@people.example")
        password_hash = current_app.extensions["passwords"].hash(PASSWORD)
        named = func.lower(User.username).in_(["alice", "bob", "mallory", "mona", "ada"])
        db.session.execute(update(User).where(named).values(email=email, password_hash=password_hash))
    return {"current_password": PASSWORD, "new_password": f"{PASSWORD} It is."}


def soon() -> str:
    """Return a time in the near future, as JSON has it."""
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


TABLE: Final = (
    Line("POST", "/api/auth/register", EVERYBODY, registration),
    Line("POST", "/api/auth/login", EVERYBODY, lambda ids: {"login": joined(ids), "password": PASSWORD}),
    Line("POST", "/api/auth/logout", MEMBERS),
    Line("POST", "/api/auth/password", MEMBERS, known_passwords),
    Line("GET", "/api/auth/me", MEMBERS),
    Line("PATCH", "/api/auth/me", MEMBERS, always(email_alerts=False)),
    Line("GET", "/api/users", MODERATORS),
    Line("GET", "/api/users/<int:user_id>", EVERYBODY),
    Line("GET", "/api/categories", EVERYBODY),
    Line("GET", "/api/merchants", EVERYBODY),
    Line("GET", "/api/merchants/<slug>", EVERYBODY),
    Line("GET", "/api/deals", EVERYBODY),
    Line("POST", "/api/deals", MEMBERS, always(title="A lamp", price_cents=5)),
    Line("GET", "/api/deals/<int:deal_id>", EVERYBODY),
    Line("PATCH", "/api/deals/<int:deal_id>", OWNER_OR_MODERATORS, always(price_cents=4)),
    Line("DELETE", "/api/deals/<int:deal_id>", OWNER_OR_MODERATORS),
    Line("GET", "/api/deals/<int:deal_id>/prices", EVERYBODY),
    Line("POST", "/api/deals/<int:deal_id>/vote", MEMBERS, always(value=1)),
    Line("PUT", "/api/deals/<int:deal_id>/bookmark", MEMBERS),
    Line("DELETE", "/api/deals/<int:deal_id>/bookmark", MEMBERS),
    Line("GET", "/api/me/bookmarks", MEMBERS),
    Line("GET", "/api/me/votes/deals", MEMBERS),
    Line("GET", "/api/me/votes/reviews", MEMBERS),
    Line("GET", "/api/me/votes/comments", MEMBERS),
    Line("GET", "/api/reviews/deal/<int:deal_id>", EVERYBODY),
    Line("GET", "/api/reviews/user/<int:user_id>", EVERYBODY),
    Line("GET", "/api/reviews/<int:review_id>", EVERYBODY),
    Line("POST", "/api/reviews", MEMBERS, lambda ids: {"deal_id": ids["bare_deal_id"], "rating": 4, "body": "Yes."}),
    Line("PATCH", "/api/reviews/<int:review_id>", OWNER_OR_MODERATORS, always(rating=1)),
    Line("DELETE", "/api/reviews/<int:review_id>", OWNER_OR_MODERATORS),
    Line("POST", "/api/reviews/<int:review_id>/vote", ALL_BUT_THE_OWNER, always(helpful=True)),
    Line("GET", "/api/comments/review/<int:review_id>", EVERYBODY),
    Line("GET", "/api/comments/deal/<int:deal_id>", EVERYBODY),
    Line("GET", "/api/comments/user/<int:user_id>", EVERYBODY),
    Line("GET", "/api/comments/<int:comment_id>", EVERYBODY),
    Line("POST", "/api/comments", MEMBERS, lambda ids: {"review_id": ids["review_id"], "body": "Why?"}),
    Line("PATCH", "/api/comments/<int:comment_id>", OWNER_OR_MODERATORS, always(body="Because.")),
    Line("DELETE", "/api/comments/<int:comment_id>", OWNER_OR_MODERATORS),
    Line("POST", "/api/comments/<int:comment_id>/vote", MEMBERS, always(value=-1)),
    Line(
        "POST",
        "/api/reports",
        MEMBERS,
        lambda ids: {"target_type": "deal", "target_id": ids["deal_id"], "reason": "spam"},
    ),
    Line("GET", "/api/reports", MODERATORS),
    Line("GET", "/api/reports/stats", MODERATORS),
    Line("GET", "/api/reports/<int:report_id>", MODERATORS),
    Line("PATCH", "/api/reports/<int:report_id>", MODERATORS, always(action="hide"), (("If-Match", "*"),)),
    Line("GET", "/api/moderation/log", MODERATORS),
    Line("GET", "/api/notifications", MEMBERS),
    Line("POST", "/api/notifications/read", MEMBERS, always(all=True)),
    Line("POST", "/api/cache/invalidate", ADMINS_OR_MACHINES, always(tags=["deal:1"])),
    Line("POST", "/api/cache/warm", ADMINS_OR_MACHINES, always(paths=["/deals"])),
    Line("GET", "/api/cache/jobs/<int:job_id>", ADMINS_OR_MACHINES),
    Line("GET", "/api/cache/entries", ADMINS_OR_MACHINES, query="path=/deals"),
    Line("GET", "/api/cache/activity", ADMINS),
    Line("GET", "/api/cache/holdings", ADMINS),
    Line("GET", "/api/cache/policies", ADMINS),
    Line("PATCH", "/api/cache/policies", ADMINS, always(endpoint="/deals", ttl_s=60)),
    Line("GET", "/api/alerts", ADMINS),
    Line("GET", "/api/alerts/signals", ADMINS),
    Line("POST", "/api/alerts/<int:alert_id>/acknowledge", ADMINS),
    Line("GET", "/api/alerts/silences", ADMINS),
    Line(
        "POST",
        "/api/alerts/silences",
        ADMINS,
        lambda _: {"signal": "disk_free", "until": soon(), "reason": "a larger one is on its way"},
    ),
    Line("DELETE", "/api/alerts/silences/<int:silence_id>", ADMINS),
    Line("GET", "/api/monitoring/mails", ADMINS),
    Line("GET", "/api/monitoring/history", ADMINS),
    Line("GET", "/api/monitoring/processes", ADMINS),
    Line("GET", "/", EVERYBODY),
    Line("GET", "/deals/<int:deal_id>", EVERYBODY),
    Line("GET", "/reviews/<int:review_id>", EVERYBODY),
    Line("GET", "/users/<int:user_id>", EVERYBODY),
    Line("GET", "/feeds/new.atom", EVERYBODY),
    Line("GET", "/feeds/categories/<slug>/new.atom", EVERYBODY),
    Line("GET", "/sitemap.xml", EVERYBODY),
    Line("GET", "/sitemaps/<int:part>/deals.xml", EVERYBODY),
    Line("GET", "/api/openapi.json", EVERYBODY),
    Line("GET", "/api/docs", EVERYBODY),
    Line("GET", "/api/docs/assets/<name>", EVERYBODY),
)
