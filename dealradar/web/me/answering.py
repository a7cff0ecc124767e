"""The roads of what one person alone sees and does: pages that nobody keeps, forms that lead on or say what is wrong.

Scripts send the same forms and ask for JSON: they get what the API answers, and where to go in ``Location``.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, current_app, redirect, request

from dealradar.domain.errors import ConflictError, DomainError, InvalidError, UnauthenticatedError
from dealradar.domain.reading import read_only
from dealradar.extensions import db
from dealradar.httpcache.directives import Content
from dealradar.httpcache.recompute import JSON
from dealradar.invalidation import on_behalf_of
from dealradar.security.sessions import OWN_COOKIE
from dealradar.web import caller, fields, parsing
from dealradar.web.endpoint import Endpoint
from dealradar.web.me import sessions
from dealradar.web.me.forms import Form, Sheet
from dealradar.web.me.reading import input_of
from dealradar.web.site.shown import HTML, Shown, render

BACK: Final = "back"
"""The field that says where people came from, and want to be again."""
LOG_IN: Final = "/login"
_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_STATUSES: Final[Mapping[type[DomainError], HTTPStatus]] = {
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConflictError: HTTPStatus.CONFLICT,
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
}
"""What people can mend, or try again: the form is shown again with all that they typed."""


def page(endpoint: Endpoint, ids: Mapping[str, Any]) -> Response:
    """Return the page that the view of *endpoint* shows, or lead who isn't logged in to where they can be.

    Raises:
        DomainError: The wish is refused.
    """
    try:
        endpoint.who.admit(caller.admit())
    except UnauthenticatedError:
        return _to_log_in(request.full_path.rstrip("?"))
    arguments = dict(ids)
    if endpoint.contract.query is not None:
        arguments["query"] = parsing.query_of(endpoint.contract.query, is_form=True)
    with read_only():
        shown = endpoint.view(**arguments, by=caller.actor())
    return _shown(shown)


def show(form: Form, ids: Mapping[str, Any]) -> Response:
    """Return the page of *form*, to be filled in."""
    assert form.sheet is not None  # noqa: S101  nothing else is routed here
    try:
        _admit(form)
    except UnauthenticatedError:
        return _to_log_in(request.full_path.rstrip("?"))
    return _shown(_filled(form, ids, request.args.to_dict()))


def submit(form: Form, ids: Mapping[str, Any]) -> Response:
    """Do what *form* says and lead on; or show it again, with what is wrong.

    Raises:
        DomainError: The wish is refused, and the form has no page of its own, or a script sent it.
    """
    caller.require_own_page()
    try:
        result = _done(form, ids)
    except DomainError as error:
        if wants_json():
            raise
        return _again(form, ids, error)
    back = own_path(request.form.get(BACK)) if form.leads_back else None
    response = _led_on(form, result, back or form.then.format(result=result, **ids))
    if form.ends is not None:
        form.ends(response, result)
    return response


def wants_json() -> bool:
    """Return whether a script sends the request, and will show people what comes of it."""
    return request.accept_mimetypes.best_match(["text/html", JSON]) == JSON


def own_path(text: str | None) -> str | None:
    """Return *text* if it is a path of this site, None for whatever may lead elsewhere (RFC 3986 §4.2).

    >>> own_path("/deals/5#reviews"), own_path("//example.org"), own_path("https://example.org")
    ('/deals/5#reviews', None, None)
    """
    return text if text and _OWN_PATH.fullmatch(text) else None


def _done(form: Form, ids: Mapping[str, Any]) -> Any:  # noqa: ANN401  whatever the endpoint returns
    endpoint = form.endpoint
    _admit(form)
    arguments = dict(ids)
    if endpoint.contract.body is not None:
        arguments["body"] = input_of(endpoint.contract.body, request.form.to_dict(flat=False))
    if endpoint.contract.takes_actor:
        arguments["by"] = caller.actor()
    if endpoint.contract.takes_caller:
        arguments["caller"] = caller.current()
    return endpoint.view(**arguments)


def _admit(form: Form) -> None:
    """Let who may use *form* pass, and anybody where it is for all: who comes to log in has nothing good to show."""
    if form.endpoint.who.is_everyone:
        return
    form.endpoint.who.admit(caller.admit())
    if request.method not in caller.READING and (writer := caller.person_hash()) is not None:
        on_behalf_of(writer)


def _led_on(form: Form, result: object, path: str) -> Response:
    if not wants_json():
        return fields.direct(current_app.make_response(redirect(path, HTTPStatus.SEE_OTHER)), Content.MODERATION)
    returns = None if form.ends else form.endpoint.contract.returns
    told = Response(returns.dump_json(result), mimetype=JSON) if returns else Response(status=HTTPStatus.NO_CONTENT)
    told.headers["Location"] = path
    return fields.direct(told, Content.MODERATION)


def _again(form: Form, ids: Mapping[str, Any], error: DomainError) -> Response:
    if isinstance(error, UnauthenticatedError) and not form.endpoint.who.is_everyone:
        return _to_log_in(own_path(request.form.get(BACK)) or (request.path if form.sheet else "/"))
    status = next((found for kind, found in _STATUSES.items() if isinstance(error, kind)), None)
    if form.sheet is None or status is None:
        raise error
    db.session.rollback()
    response = _shown(_filled(form, ids, request.form.to_dict(), error))
    response.status_code = status
    return response


def _filled(form: Form, ids: Mapping[str, Any], given: Mapping[str, str], error: DomainError | None = None) -> Shown:
    """Return the page of *form*; what is *given* stands in the fields, but for what is there already before a try."""
    assert form.sheet is not None  # noqa: S101  nothing else is filled in
    by = {} if form.endpoint.who.is_everyone else {"by": caller.actor()}
    with read_only():
        sheet: Sheet = form.sheet(**ids, **by)
    faults = _by_field(error) if isinstance(error, InvalidError) else {}
    return Shown(
        sheet.template,
        {
            **sheet.values,
            "action": request.path,
            "given": {**given, **sheet.fields} if error is None else given,
            "back": own_path(given.get(BACK)),
            "faults": faults,
            "problem": None if error is None or faults else str(error),
        },
    )


def _by_field(error: InvalidError) -> Mapping[str, str]:
    return {fault.field: fault.message for fault in error.faults}


def _to_log_in(back: str) -> Response:
    response = current_app.make_response(redirect(f"{LOG_IN}?{urlencode({BACK: back})}", HTTPStatus.SEE_OTHER))
    if OWN_COOKIE in request.cookies:
        sessions.forget(response)
    return fields.direct(response, Content.MODERATION)


def _shown(shown: Shown) -> Response:
    return fields.direct(Response(render(shown), content_type=HTML), Content.MODERATION)
