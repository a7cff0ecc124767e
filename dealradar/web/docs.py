"""The API's own description: the OpenAPI document, and its rendering from assets that the program itself serves."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import flask_swagger_ui
from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, url_for

from dealradar.config import VERSION
from dealradar.httpcache.directives import Content
from dealradar.httpcache.recompute import JSON
from dealradar.web import fields, static_files
from dealradar.web.api import FAMILIES
from dealradar.web.assets import Assets
from dealradar.web.openapi import document
from dealradar.web.ops import OPERATIONS

RENDERER: Final = Path(flask_swagger_ui.__file__).parent / "dist"
HTML: Final = "text/html"
OWN: Final = Path(__file__).parent / "static"
ASSETS: Final = Assets((OWN, RENDERER))
blueprint: Final = Blueprint("docs", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Serve the document at ``/api/openapi.json`` and its rendering at ``/api/docs``."""
    endpoints = tuple(endpoint for family in FAMILIES for endpoint in family.endpoints)
    text = app.json.dumps(document(endpoints, OPERATIONS, version=VERSION))
    app.extensions["openapi"] = text
    app.register_blueprint(blueprint, url_prefix="/api")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    return _shared(Response(current_app.extensions["openapi"], mimetype=JSON))


@blueprint.get("/docs")
def page() -> Response:
    """Return the page that renders the document."""
    return _shared(Response(render_template("docs.html", asset=address), mimetype=HTML))


@blueprint.get("/docs/assets/<name>")
def asset(name: str) -> Response:
    """Return one file of the renderer, or ours that starts it; by its plain name, where it is to be found."""
    if (path := ASSETS.find(name)) is not None:
        return static_files.answer(path)
    if ASSETS.hashed(name) is None:
        abort(HTTPStatus.NOT_FOUND)
    return fields.direct(current_app.make_response(redirect(address(name))), Content.REDIRECT)


def address(name: str) -> str:
    """Return the path of the file *name*, which changes with its content."""
    return url_for("docs.asset", name=ASSETS.hashed(name))


def _shared(response: Response) -> Response:
    return fields.validate(fields.direct(response, Content.DOCUMENT), response.get_data())
