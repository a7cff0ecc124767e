"""Joining, logging in and out, and one's own account, over HTTP."""

from datetime import UTC, datetime
from typing import Any

from flask import current_app

from dealradar.config import Settings
from dealradar.domain import notifications, users
from dealradar.domain.users import Actor, LogIn, OwnChange, OwnOut, PasswordChange, Registration, SessionOut
from dealradar.invalidation import transaction
from dealradar.security.callers import Caller
from dealradar.security.permissions import EVERYONE, MEMBER
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("auth")


class MeOut(OwnOut):
    """The caller's own account, and how much there is for them to read; beyond 1,000 it isn't counted."""

    unread_count: int


@routes.post("/auth/register", who=EVERYONE, status=201)
def register(body: Registration) -> SessionOut:
    """Join the community; the answer holds the token of the first log-in."""
    with transaction():
        return users.register(body, **_terms())


@routes.post("/auth/login", who=EVERYONE)
def log_in(body: LogIn) -> SessionOut:
    """Get a token, to be sent as Authorization: Bearer with what one does from now on."""
    with transaction():
        return users.log_in(body, **_terms())


@routes.post("/auth/logout", who=MEMBER)
def log_out(caller: Caller) -> None:
    """Revoke the token that this request shows."""
    assert caller.token_id is not None  # noqa: S101  who is a member has shown one
    with transaction():
        users.tokens.revoke(caller.token_id)


@routes.post("/auth/password", who=MEMBER)
def change_password(body: PasswordChange, by: Actor, caller: Caller) -> None:
    """Change one's password; every other log-in of one's own is over."""
    passwords = current_app.extensions["passwords"]
    with transaction():
        users.change_password(body, by=by, token_id=caller.token_id, passwords=passwords)


@routes.get("/auth/me", who=MEMBER)
def me(by: Actor) -> MeOut:
    """One's own account."""
    return _me(by)


@routes.patch("/auth/me", who=MEMBER)
def change_me(body: OwnChange, by: Actor) -> MeOut:
    """Change one's own account."""
    with transaction():
        preconditions.check(lambda: _me(by, for_update=True))
        users.change(body, by=by)
        return _me(by)


def _me(by: Actor, *, for_update: bool = False) -> MeOut:
    own = users.own(by.user_id, for_update=for_update)
    return MeOut(**own.model_dump(), unread_count=notifications.unread_count(by.user_id))


def _terms() -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    return {
        "passwords": current_app.extensions["passwords"],
        "token_ttl_s": settings.token_ttl_s,
        "now": datetime.now(UTC),
    }
