"""Hold requests to the table of limits, and tell clients what they have left."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter, RequestLimit
from werkzeug.exceptions import HTTPException

from dealradar.config import Settings
from dealradar.domain.errors import ForbiddenError, UnauthenticatedError
from dealradar.ratelimit import counters, fields, identities
from dealradar.ratelimit.fields import Usage
from dealradar.ratelimit.limits import LIMITS, By, RateLimit, named_endpoints
from dealradar.ratelimit.measures import REFUSED
from dealradar.ratelimit.own_counters import OWN_SCHEME
from dealradar.web import caller
from dealradar.web.problems import problem

NOWHERE: Final = "nowhere"
FORM: Final = "application/x-www-form-urlencoded"
COUNTERS: Final = "rate_limit_counters"
"""Where an application keeps what it counts with."""
SPARING: Final = frozenset(limit.name for limit in LIMITS if limit.spares_success)


def register(app: Flask, settings: Settings) -> None:
    """Limit every request to *app*, whose endpoints must all be registered by now.

    Raises:
        LookupError: The table names an endpoint that *app* hasn't.
    """
    missing = named_endpoints() - app.view_functions.keys()
    if missing:
        raise LookupError(f"The table of rate limits names endpoints that don't exist: {', '.join(sorted(missing))}.")
    limiter = Limiter(
        key_func=_address,
        application_limits=[_declared(limit, settings) for limit in LIMITS],
        **_storage(settings),
        strategy="fixed-window",
        request_identifier=lambda: request.endpoint or NOWHERE,
        on_breach=_refusal,
    )
    app.after_request(partial(_tell, limiter))
    limiter.init_app(app)
    app.extensions[COUNTERS] = limiter.storage


def _storage(settings: Settings) -> dict[str, Any]:
    """Return where requests are counted: by all processes together, unless the store is not to be touched."""
    if not settings.cache_enabled:
        return {"storage_uri": f"{OWN_SCHEME}://"}
    timeout = {"timeout_ms": settings.cache_timeout_ms}
    return {"storage_uri": counters.SCHEME + settings.redis_url, "storage_options": timeout}


def _declared(limit: RateLimit, settings: Settings) -> ApplicationLimit:
    return ApplicationLimit(
        limit_provider=f"{limit.quota(settings)} per {limit.window_s(settings)} second",
        key_function=lambda: WHO[limit.by]() or "",
        scope=limit.name,
        exempt_when=lambda: not limit.covers(request.endpoint) or WHO[limit.by]() is None,
    )


def _address() -> str:
    return identities.of_address(request.remote_addr)


def _caller() -> str | None:
    """Return whom the credentials prove; nobody by bad ones, which the endpoint will refuse."""
    try:
        return caller.admit().counted_as
    except (UnauthenticatedError, ForbiddenError):
        return None


def _account() -> str | None:
    """Return whose password the body tries; nobody's by a bad one, which the endpoint will refuse."""
    try:
        login = _field("login")
    except HTTPException:
        return None
    return identities.of_login(login) if isinstance(login, str) and login else None


def _field(name: str) -> object:
    """Return a field of the body, be it a program's or that of a page's form; None where it has none."""
    if request.mimetype == FORM:
        return request.form.get(name)
    body = request.get_json(silent=True)
    return body.get(name) if isinstance(body, dict) else None


WHO: Final[Mapping[By, Callable[[], str | None]]] = {
    By.ADDRESS: _address,
    By.CALLER: _caller,
    By.ACCOUNT: _account,
}


def _usage(counted: RequestLimit) -> Usage:
    resets_at_s, remaining = counted.window
    *_, name = counted.request_args
    return Usage(name, counted.limit.amount, counted.limit.get_expiry(), remaining=remaining, resets_at_s=resets_at_s)


def _give_back(limiter: Limiter) -> None:
    for counted in limiter.current_limits:
        *_, name = counted.request_args
        if name in SPARING:
            limiter.storage.incr(counted.limit.key_for(*counted.request_args), counted.limit.get_expiry(), -1)


def _refusal(breached: RequestLimit) -> Response:
    usage = _usage(breached)
    REFUSED.labels(usage.name).inc()
    wait_s = usage.resets_in_s(time.time())
    detail = f"Too many requests: {usage.quota} in {usage.window_s} s are allowed ({usage.name}); wait {wait_s} s."
    response = problem(HTTPStatus.TOO_MANY_REQUESTS, detail)
    response.headers["Retry-After"] = str(wait_s)
    return response


def _tell(limiter: Limiter, response: Response) -> Response:
    if response.status_code < HTTPStatus.BAD_REQUEST:
        _give_back(limiter)
    usages = [_usage(counted) for counted in limiter.current_limits]
    response.headers.extend(fields.of(usages, now_s=time.time()))  # nobody else tells them
    return response
