"""Further applications on the tests' servers, for what depends on settings or on there being two."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from flask import Flask
from psycopg import sql
from sqlalchemy import text

import workers
from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.monitoring import processes, tallies
from dealradar.monitoring.tallies import Tallies
from dealradar.rounds import Kind
from tests.ending import end

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
        end(other)


@pytest.fixture
def own_tallies(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tallies]:
    """Return the tallies of the tests' process, empty, which may be written down as those of one that serves."""
    monkeypatch.setattr(tallies, "_tallies", Tallies())
    processes.connect(app, Kind.WEB)
    yield tallies.current()
    del app.extensions["process"]


@pytest.fixture
def celery(app: Flask) -> Iterator[Celery]:
    """Return a Celery of this test's own that has our tasks."""
    own = Celery("own", set_as_current=False)
    workers.register(app, own)
    yield own
    own.close()


@pytest.fixture
def bystander(app: Flask, settings: Settings) -> Iterator[Flask]:
    """Return an application on a database of its own, to be migrated up and down."""
    name = f"{db.engine.url.database}_migrations"
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)).as_string()))
        own = create_app(settings.model_copy(update={"database_url": _in(name)}))
        yield own
        end(own)
        connection.execute(text(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)).as_string()))


def _in(database: str) -> str:
    return db.engine.url.set(database=database).render_as_string(hide_password=False)
