"""The form of every error: problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Final

from flask import Response, request

from dealradar.domain.errors import Fault
from dealradar.domain.shapes import Output
from dealradar.httpcache.directives import DIRECTIVES, Content

PROBLEM: Final = "application/problem+json"


class FieldFault(Output):
    """One field that can't be accepted, and what would be right."""

    field: str
    message: str


class Problem(Output):
    """What went wrong, for a program and for a person."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldFault] | None = None


def body(status: int, detail: str, *, instance: str, faults: tuple[Fault, ...] = ()) -> bytes:
    """Return the error as bytes; *instance* is the path that was asked for."""
    told = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=int(status),
        detail=detail,
        instance=instance,
        errors=[FieldFault.model_validate(fault) for fault in faults] or None,
    )
    return told.model_dump_json(exclude_none=True).encode()


def problem(status: int, detail: str, faults: tuple[Fault, ...] = ()) -> Response:
    """Return the error as a response; never stored by anybody."""
    response = Response(body(status, detail, instance=request.path, faults=faults), status=status, mimetype=PROBLEM)
    response.headers["Cache-Control"] = DIRECTIVES[Content.ERROR].browser
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="dealradar"'
    return response
