"""The form of every error: problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Final

from flask import Response, request

from dealradar.domain.errors import Fault
from dealradar.domain.shapes import Output

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


def problem(status: int, detail: str, faults: tuple[Fault, ...] = ()) -> Response:
    """Return the error as a response; never stored by anybody."""
    told = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=int(status),
        detail=detail,
        instance=request.path,
        errors=[FieldFault.model_validate(fault) for fault in faults] or None,
    )
    response = Response(told.model_dump_json(exclude_none=True), status=int(status), mimetype=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="dealradar"'
    return response
