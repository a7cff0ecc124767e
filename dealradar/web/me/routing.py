"""Tie what is one person's alone to an application."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, Flask, Response

from dealradar.web.me import deciding, overlay, pages
from dealradar.web.me.answering import page, show, submit
from dealradar.web.me.forms import Form
from dealradar.web.me.table import FORMS

FAMILY: Final = "me"


def register(app: Flask) -> None:
    """Serve each form, each personal page, and what scripts lay over shared ones."""
    blueprint = Blueprint(FAMILY, __name__)
    for form in FORMS:
        blueprint.add_url_rule(form.path, form.name, _of_path(submit, form), methods=["POST"])
        if form.sheet is not None:
            blueprint.add_url_rule(form.path, f"{form.name}_page", _of_path(show, form))
    overlay.register(blueprint)
    deciding.register(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(pages.routes.blueprint(page))


def _of_path(act: Callable[[Form, Mapping[str, Any]], Response], form: Form) -> Callable[..., Response]:
    def respond(**ids: int) -> Response:
        return act(form, ids)

    return respond
