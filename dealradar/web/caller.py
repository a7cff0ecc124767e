"""Who sends the current request; looking is remembered, for what depends on it may not be shared."""

from typing import Final

from flask import current_app, request

from dealradar.cache import user_hash
from dealradar.config import Settings
from dealradar.domain.errors import ForbiddenError
from dealradar.domain.users import Actor
from dealradar.security import sessions
from dealradar.security.authentication import authenticate
from dealradar.security.callers import Caller
from dealradar.security.sessions import Sender

READING: Final = frozenset({"GET", "HEAD"})
"""Methods by which nothing is changed; who may change something is asked of the database each time."""
_CALLER: Final = "dealradar.caller"
_READ: Final = "dealradar.caller_was_read"


def admit() -> Caller:
    """Find out who calls, for the pipeline itself: whether the endpoint may be used isn't part of its answer.

    Raises:
        UnauthenticatedError: Credentials were shown that are not valid.
        ForbiddenError: They are a cookie that another site's page made use of.
    """
    if _CALLER not in request.environ:
        request.environ[_CALLER] = authenticate(
            _authorization(),
            request.headers.get("X-API-Key"),
            is_by_record=request.method in READING,
        )
    caller: Caller = request.environ[_CALLER]
    return caller


def require_own_page() -> None:
    """Let the request pass if one of this site's own pages sends it.

    Raises:
        ForbiddenError: Another site's page sends it, or no page.
    """
    sender = Sender(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"))
    sessions.require_own_page(sender, request.host_url.rstrip("/"))


def _authorization() -> str | None:
    """Return what the request shows, or, below the one path where it may, what its cookie does.

    Raises:
        ForbiddenError: Another site's page has the browser change something by the cookie.
    """
    shown = request.headers.get("Authorization")
    secret = request.cookies.get(sessions.OWN_COOKIE) if sessions.is_own(request.path) else None
    if shown is not None or secret is None:
        return shown
    if request.method not in READING:
        require_own_page()
    return f"Bearer {secret}"


def current() -> Caller:
    """Return who calls, for a view to answer differently; such an answer is not stored as a public one (G5)."""
    request.environ[_READ] = True
    return admit()


def actor() -> Actor:
    """Return the person who calls, where the endpoint admits only people."""
    person = current().actor
    if person is None:
        raise ForbiddenError("This needs a person's token; an API key is not one.")
    return person


def person_hash() -> str | None:
    """Return what stands for the person who calls in the cache, None for machines and for anybody.

    For the pipeline itself, like `admit`.
    """
    settings: Settings = current_app.extensions["settings"]
    shown = admit()
    return None if shown.actor is None else user_hash(settings.secret_key.get_secret_value().encode(), shown.identity)


def known_person() -> int | None:
    """Return the id of the person who calls if anybody has found out; looks nobody up, for whoever logs."""
    found: Caller | None = request.environ.get(_CALLER)
    return None if found is None or found.actor is None else found.actor.user_id


def was_read() -> bool:
    """Return whether the answer to this request may depend on who calls."""
    return _READ in request.environ
