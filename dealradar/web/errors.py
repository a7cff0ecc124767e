"""Every error leaves as a problem (RFC 9457); the only place that knows which error is which status."""

from http import HTTPStatus
from typing import Final

import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from dealradar.domain import outages
from dealradar.domain.errors import (
    BadCursorError,
    BusyError,
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from dealradar.extensions import db
from dealradar.web.problems import problem

RETRY_AFTER_S: Final = 2
STATUSES: Final[dict[type, HTTPStatus]] = {
    BadCursorError: HTTPStatus.BAD_REQUEST,
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    """Answer every error of *app* as a problem."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http)
    for kind in outages.ERRORS:
        app.register_error_handler(kind, _database)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: DomainError) -> Response:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    if isinstance(error, InvalidError):
        return problem(status, "Some fields can't be accepted.", error.faults)
    response = problem(status, str(error))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect, or a response that somebody made on purpose
    response = problem(error.code, error.description or HTTPStatus(error.code).phrase)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _database(error: Exception) -> Response:
    return _unavailable(error) if outages.is_outage(error) else _unexpected(error)


def _unavailable(error: Exception) -> Response:
    db.session.rollback()
    log.warning("database_unavailable", error=type(error).__name__)
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, "The database can't be reached just now; try again soon.")
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    log.error("unexpected_error", exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; it has been logged.")
