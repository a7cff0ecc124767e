"""What the pages are made of, and what they load, under names that change with a release."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, current_app

from dealradar.httpcache.validators import etag_of
from dealradar.web import static_files
from dealradar.web.assets import Release

PATH: Final = "/assets"
TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Release(Path(__file__).parent / "static")
ICON: Final = Path(__file__).parent / "static" / "mark.svg"
_MARKUP: Final = Release(TEMPLATES)
blueprint: Final = Blueprint("assets", __name__)


@blueprint.get("/<release>/<name>")
def file(release: str, name: str) -> Response:
    """Return one of the pages' files, as it is in *release*."""
    path = STATIC.find(release, name)
    if path is None:
        abort(HTTPStatus.NOT_FOUND)
    return static_files.answer(path)


def asset(name: str) -> str:
    """Return the path of the file *name* in this release.

    Raises:
        LookupError: There is none.
    """
    if STATIC.find(STATIC.digest, name) is None:
        raise LookupError(f"the site has no file {name!r}")
    return f"{PATH}/{STATIC.digest}/{name}"


def release() -> str:
    """Return the name of what pages are made of: their templates and files and the site's address: part of all keys."""
    site = etag_of(current_app.extensions["settings"].site_url.encode())
    return f"{_MARKUP.digest}{STATIC.digest}{site}"
