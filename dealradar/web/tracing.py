"""Every request has an id, on its response and on each line that is logged for it."""

import re
import time
import uuid
from typing import Final

import structlog
from flask import Flask, Response, g, request

WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET: Final = frozenset({"/health", "/ready", "/metrics", "/metrics/cache"})
log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    """Give every request of *app* an id, taken from the request when well-formed, and log it when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    offered = request.headers.get("X-Request-ID", "")
    g.request_id = offered if WELL_FORMED.fullmatch(offered) else uuid.uuid4().hex
    g.started_s = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id") or uuid.uuid4().hex
    if request.path not in QUIET:
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule),
            status=response.status_code,
            address=request.remote_addr,
            cache=response.headers.get("X-Cache"),
            duration_s=round(time.perf_counter() - g.get("started_s", time.perf_counter()), 6),
        )
    return response
