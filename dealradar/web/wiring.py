"""Tie the web to an application."""

from collections.abc import Mapping
from typing import Final

from flask import Flask
from werkzeug.routing import IntegerConverter

from dealradar.config import Settings
from dealradar.domain.shapes import MAX_ID
from dealradar.security import headers, proxies
from dealradar.web import admin, docs, errors, me, ops, ratelimits, site, tracing
from dealradar.web.answer import answer
from dealradar.web.api import FAMILIES
from dealradar.web.endpoint import Endpoint

ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    endpoint.name: endpoint for family in (*FAMILIES, *site.FAMILIES) for endpoint in family.endpoints
}
"""By what Flask calls them: what is answered by way of the cache's policies."""


class IdConverter(IntegerConverter):
    """An id as the database has them, written in the one usual way; anything else is a path that doesn't exist.

    All by the pattern: a number refused after it matched would be answered 405 instead of 404.
    """

    regex = rf"[1-9]\d{{0,{len(str(MAX_ID)) - 1}}}"


def register(app: Flask, settings: Settings) -> None:
    """Give *app* its routes and the way it answers errors."""
    app.url_map.converters["int"] = IdConverter
    app.url_map.merge_slashes = False  # to merge them is to redirect, to whichever host the request names
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    for family in (*FAMILIES, *site.FAMILIES):
        app.register_blueprint(family.blueprint(answer))
    proxies.register(app, settings)
    tracing.register(app)
    docs.register(app)
    admin.register(app)
    site.register(app)
    me.register(app)
    ops.register(app, settings)
    errors.register(app)
    headers.register(app, settings)
    ratelimits.register(app, settings)
