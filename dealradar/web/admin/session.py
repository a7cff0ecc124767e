"""The dashboard's session: a cookie opens it again, and gets its scripts tokens for a few minutes.

The API itself knows no cookies, so that no page of another site can have a browser use it (ADR 0061).
"""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, current_app, request

from dealradar.config import Settings
from dealradar.domain import users
from dealradar.domain.errors import UnauthenticatedError
from dealradar.domain.shapes import Moment, Output
from dealradar.domain.users import Actor
from dealradar.httpcache.directives import Content
from dealradar.httpcache.recompute import JSON
from dealradar.invalidation import transaction
from dealradar.security.authentication import authenticate
from dealradar.security.callers import Caller
from dealradar.security.permissions import ADMIN
from dealradar.security.sessions import COOKIE
from dealradar.web import caller, fields

PATH: Final = "/admin/session"
PAGE_TOKEN_TTL_S: Final = 600
"""A page that is open asks for another before it ends; one that was stolen is soon worth nothing."""
blueprint: Final = Blueprint("session", __name__)


class PageToken(Output):
    """What a page asks the API with until it expires, and who it is that asks."""

    username: str
    token: str
    expires_at: Moment


@blueprint.put("")
def open_session() -> Response:
    """Keep the token that an administrator shows in a cookie, for pages to be opened with later."""
    shown = caller.admit()
    ADMIN.admit(shown)
    caller.require_own_page()
    assert request.authorization is not None  # noqa: S101  it is what has just been admitted
    response = _nothing()
    response.set_cookie(
        COOKIE,
        request.authorization.token or "",
        max_age=_settings().token_ttl_s,
        path=PATH,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response


@blueprint.post("")
def renew() -> Response:
    """Give the page a token that is good for `PAGE_TOKEN_TTL_S`, by the cookie."""
    caller.require_own_page()
    person = _person(_of_cookie())
    with transaction():
        issued = users.tokens.issue(person.user_id, ttl_s=PAGE_TOKEN_TTL_S, now=datetime.now(UTC))
        username = users.own(person.user_id).username
    told = PageToken(username=username, token=issued.secret, expires_at=issued.expires_at)
    return fields.direct(Response(told.model_dump_json(), mimetype=JSON), Content.MODERATION)


@blueprint.delete("")
def close() -> Response:
    """Revoke the cookie's token, and have the browser forget it."""
    caller.require_own_page()
    shown = _of_cookie()
    assert shown.token_id is not None  # noqa: S101  a cookie carries nothing else
    with transaction():
        users.tokens.revoke(shown.token_id)
    response = _nothing()
    response.delete_cookie(COOKIE, path=PATH, secure=request.is_secure, httponly=True, samesite="Strict")
    return response


def _of_cookie() -> Caller:
    secret = request.cookies.get(COOKIE)
    if secret is None:
        raise UnauthenticatedError("There is no session; log in.")
    return authenticate(f"Bearer {secret}", None)


def _person(shown: Caller) -> Actor:
    ADMIN.admit(shown)
    assert shown.actor is not None  # noqa: S101  who has a role is a person
    return shown.actor


def _nothing() -> Response:
    return fields.direct(Response(status=204), Content.MODERATION)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
