"""What browsers and robots ask every site for, at addresses that are not ours to choose."""

from typing import Final

from flask import Blueprint, Response, current_app

from dealradar.config import Settings
from dealradar.httpcache.directives import Content
from dealradar.web import fields, static_files
from dealradar.web.site import files

ROBOTS: Final = """\
User-agent: *
Disallow: /me
Disallow: /login
Disallow: /register
Disallow: /admin
Disallow: /api/
Allow: /

Sitemap: {site_url}/sitemap.xml
"""
blueprint: Final = Blueprint("fixtures", __name__)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell robots what is of no use to them (RFC 9309), and where to find the rest."""
    settings: Settings = current_app.extensions["settings"]
    response = Response(ROBOTS.format(site_url=settings.site_url), mimetype="text/plain")
    return fields.validate(fields.direct(response, Content.DOCUMENT), response.get_data())


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """Return the site's mark, which pages name by its own address."""
    return static_files.answer(files.ICON, Content.DOCUMENT)
