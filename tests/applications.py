"""Further applications on the tests' servers, for what depends on settings or on there being two."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache import stores

Make = Callable[..., Flask]


@pytest.fixture
def make(app: Flask, settings: Settings) -> Iterator[Make]:
    """Return what makes another application on the same servers, with some settings of its own.

    It has made up for what its store may have missed, as a process has that begins to serve.
    """
    made: list[Flask] = []

    def with_settings(**changes: Any) -> Flask:
        other = create_app(settings.model_copy(update=changes))
        other.test_client_class = app.test_client_class
        made.append(other)
        with other.app_context():
            stores.await_first_recovery()
        return other

    yield with_settings
    for other in made:
        with other.app_context():
            db.engine.dispose()
