"""Every request has an id, on its response and on each line that is logged for it, and is noted when it is answered."""

import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Flask, Response, request

from dealradar.monitoring import requests, spending
from dealradar.monitoring.ended import Ended
from dealradar.monitoring.http_measures import UNROUTED
from dealradar.monitoring.spending import Spent
from dealradar.web import caller

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "OTHER"
QUIET: Final = frozenset({"/health", "/ready", "/metrics", "/metrics/cache"})
_ID: Final = "dealradar.request_id"
_ANSWERED: Final = "dealradar.answered"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the response says of itself, and who was found to ask."""

    route: str
    status: int
    cache: str | None
    body_bytes: int
    user_id: int | None


NEVER: Final = Answered(UNROUTED, HTTPStatus.INTERNAL_SERVER_ERROR, None, 0, None)
"""What there is to say where not even an error could be answered."""


def register(app: Flask) -> None:
    """Give every request of *app* an id, and note it when it is answered, however that ends."""
    app.wsgi_app = Tracing(app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_answered)


class Tracing:
    """WSGI middleware around *app*: beyond it lies nothing that could refuse a request unseen."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        began_s = time.perf_counter()
        if environ["REQUEST_METHOD"] not in METHODS:
            environ["REQUEST_METHOD"] = OTHER  # no route has it either, and it would become a label of its own
        environ[_ID] = _id(environ.get("HTTP_X_REQUEST_ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=environ[_ID]), spending.counted() as spent:
            try:
                return self._app(environ, start_response)
            finally:
                ended = _ended(environ, spent, time.perf_counter() - began_s)
                requests.note(ended, is_quiet=ended.route in QUIET)


def _id(offered: str) -> str:
    """Return the request's id: the one that was *offered* if it is well-formed."""
    return offered if WELL_FORMED.fullmatch(offered) else uuid.uuid4().hex


def _answered(response: Response) -> Response:
    response.headers["X-Request-ID"] = request.environ[_ID]
    request.environ[_ANSWERED] = Answered(
        route=UNROUTED if request.url_rule is None else str(request.url_rule),
        status=response.status_code,
        cache=response.headers.get("X-Cache"),
        body_bytes=0 if request.method == "HEAD" else response.content_length or 0,
        user_id=caller.known_person(),
    )
    return response


def _ended(environ: dict[str, Any], spent: Spent, duration_s: float) -> Ended:
    answered: Answered = environ.get(_ANSWERED, NEVER)
    return Ended(
        method=environ["REQUEST_METHOD"],
        route=answered.route,
        status=answered.status,
        address=environ.get("REMOTE_ADDR"),
        cache=answered.cache,
        duration_s=round(duration_s, 6),
        statements=spent.statements,
        database_s=round(spent.database_s, 6),
        body_bytes=answered.body_bytes,
        user_id=answered.user_id,
    )
