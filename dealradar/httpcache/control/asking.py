"""Have a path answered as if anybody had asked for it."""

from typing import Any

from flask import Response, current_app
from werkzeug.test import EnvironBuilder

from dealradar.httpcache import demand
from dealradar.httpcache.addresses import address_of


def ask(path: str, **environ: Any) -> Response:  # noqa: ANN401  whatever an environment holds
    """Return the answer to a GET of *path*, as policies name it, by a stranger whose environment holds *environ*.

    The view runs without what surrounds a request: nobody's limit is used up, and no request is logged or counted.
    Whatever it raises passes through.
    """
    told = {demand.NOT_ASKED: True, **environ}
    with current_app.app_context(), current_app.request_context(_environ(path, told)):
        return current_app.make_response(current_app.dispatch_request())


def _environ(path: str, told: dict[str, Any]) -> dict[str, Any]:
    return EnvironBuilder(address_of(path), environ_base=told).get_environ()
