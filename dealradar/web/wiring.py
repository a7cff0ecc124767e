"""Tie the web to an application."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from dealradar.config import Settings
from dealradar.domain.shapes import MAX_ID
from dealradar.web import docs, errors, ops, tracing
from dealradar.web.answer import API, answer
from dealradar.web.api import FAMILIES


class IdConverter(IntegerConverter):
    """An id as the database has them; a number beyond is a path that doesn't exist, not a fault."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=MAX_ID)


def register(app: Flask, settings: Settings) -> None:
    """Give *app* its routes and the way it answers errors."""
    app.url_map.converters["int"] = IdConverter
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    for family in FAMILIES:
        app.register_blueprint(family.blueprint(answer), url_prefix=API)
    tracing.register(app)
    docs.register(app)
    ops.register(app)
    errors.register(app)
