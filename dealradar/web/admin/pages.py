"""The dashboard's page, the same for everybody, and its files, which name each other by relative paths."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for

from dealradar.httpcache.directives import Content
from dealradar.web import fields, static_files
from dealradar.web.assets import Release

PATH: Final = "/admin"
HTML: Final = "text/html"
FILES: Final = Release(Path(__file__).parent / "static")
blueprint: Final = Blueprint("admin", __name__, template_folder="templates")


@blueprint.get("")
def door() -> Response:
    """Lead to the page, whose files are found relative to it."""
    return fields.direct(current_app.make_response(redirect(f"{PATH}/")), Content.REDIRECT)


@blueprint.get("/")
def page() -> Response:
    """Return the page; what it shows it asks the API for, which answers administrators alone."""
    response = Response(render_template("admin.html", asset=address), mimetype=HTML)
    return fields.validate(fields.direct(response, Content.DOCUMENT), response.get_data())


@blueprint.get("/assets/<release>/<name>")
def asset(release: str, name: str) -> Response:
    """Return one of the page's files, as it is in *release*."""
    path = FILES.find(release, name)
    if path is None:
        abort(HTTPStatus.NOT_FOUND)
    return static_files.answer(path)


def address(name: str) -> str:
    """Return the path of the file *name* in this release."""
    return url_for("admin.asset", release=FILES.digest, name=name)
