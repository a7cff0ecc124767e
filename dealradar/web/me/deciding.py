"""Several reports decided at once: each for itself, so that one that somebody else has decided keeps no other back."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response, current_app, redirect, request

from dealradar.domain import moderation, reports
from dealradar.domain.errors import ConflictError, DomainError, Fault, InvalidError
from dealradar.domain.reports import Action, ReportChange, ReportOut, ReportStatus
from dealradar.domain.shapes import Output
from dealradar.domain.users import Actor
from dealradar.httpcache.directives import Content
from dealradar.httpcache.recompute import JSON
from dealradar.httpcache.validators import etag_of
from dealradar.invalidation import on_behalf_of, transaction
from dealradar.security.permissions import MODERATOR
from dealradar.security.sessions import OWN
from dealradar.web import caller, fields
from dealradar.web.me.answering import BACK, own_path, wants_json
from dealradar.web.me.reading import input_of
from dealradar.web.site.shown import HTML, Shown, render

PATH: Final = f"{OWN}/moderation/reports"
MOST: Final = 100
CHOSEN: Final = "report"
"""The field of the form that names a report and the version that was seen of it, as ``5:<tag>``."""


class Verdict(StrEnum):
    """What one button does to all that were chosen."""

    TAKE = "take"
    DISMISS = "dismiss"
    RESOLVE = "resolve"
    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    BAN = "ban"


CHANGES: Final[Mapping[Verdict, Callable[[Actor], dict[str, Any]]]] = MappingProxyType(
    {
        Verdict.TAKE: lambda by: {"status": ReportStatus.TRIAGED, "assignee_id": by.user_id},
        Verdict.DISMISS: lambda _: {"status": ReportStatus.DISMISSED},
        Verdict.RESOLVE: lambda _: {"status": ReportStatus.RESOLVED},
        Verdict.HIDE: lambda _: {"status": ReportStatus.RESOLVED, "action": Action.HIDE},
        Verdict.REMOVE: lambda _: {"status": ReportStatus.RESOLVED, "action": Action.REMOVE},
        Verdict.WARN: lambda _: {"status": ReportStatus.RESOLVED, "action": Action.WARN},
        Verdict.BAN: lambda _: {"status": ReportStatus.RESOLVED, "action": Action.BAN},
    }
)


class Outcome(Output):
    """What came of one report: why it wasn't decided, None where it was."""

    report_id: int
    refusal: str | None


class Outcomes(Output):
    """What came of all that were chosen."""

    items: list[Outcome]


def register(blueprint: Blueprint) -> None:
    """Have *blueprint* take what the queue's form sends."""
    blueprint.add_url_rule(PATH, "decide", decide, methods=["POST"])


def version_of(report: ReportOut) -> str:
    """Return what names this version of *report*: its entity tag."""
    return etag_of(report.model_dump_json().encode())


def decide() -> Response:
    """Decide on what was chosen, and lead back to the queue; what couldn't be decided is said, with why.

    Raises:
        InvalidError: Nothing is chosen, or too much, or nothing is to be done to it.
    """
    caller.require_own_page()
    MODERATOR.admit(caller.admit())
    by = caller.actor()
    if (writer := caller.person_hash()) is not None:
        on_behalf_of(writer)
    change = _change(by)
    outcomes = Outcomes(items=[_decide(report_id, seen, change, by=by) for report_id, seen in _chosen()])
    return _told(outcomes, own_path(request.form.get(BACK)) or PATH)


def _told(outcomes: Outcomes, back: str) -> Response:
    refused = [each for each in outcomes.items if each.refusal is not None]
    if wants_json():
        response = Response(outcomes.model_dump_json(), mimetype=JSON)
    elif refused:
        shown = Shown("me/undecided.html", {"refused": refused, "back": back})
        response = Response(render(shown), status=HTTPStatus.CONFLICT, content_type=HTML)
    else:
        response = current_app.make_response(redirect(back, HTTPStatus.SEE_OTHER))
    return fields.direct(response, Content.MODERATION)


def _change(by: Actor) -> ReportChange:
    told = request.form.get("verdict", "")
    if told not in set(Verdict):
        raise InvalidError(Fault("verdict", f"is one of {', '.join(Verdict)}"))
    values = {name: [str(value)] for name, value in CHANGES[Verdict(told)](by).items()}
    remark = request.form.get("resolution", "")
    return input_of(ReportChange, values | ({"resolution": [remark]} if remark.strip() else {}))


def _chosen() -> Sequence[tuple[int, str]]:
    named = [text.partition(":") for text in request.form.getlist(CHOSEN)]
    if not named:
        raise InvalidError(Fault(CHOSEN, "is not chosen; mark at least one"))
    if len(named) > MOST or not all(number.isascii() and number.isdecimal() for number, _, _ in named):
        raise InvalidError(Fault(CHOSEN, f"names at most {MOST} reports, each with its version"))
    return [(int(number), seen) for number, _, seen in named]


def _decide(report_id: int, seen: str, change: ReportChange, *, by: Actor) -> Outcome:
    try:
        with transaction():
            if version_of(reports.get(report_id, for_update=True)) != seen:
                raise ConflictError("It has changed since you saw it.")
            moderation.decide(report_id, change, by=by)
    except DomainError as error:
        return Outcome(report_id=report_id, refusal=str(error))
    return Outcome(report_id=report_id, refusal=None)
