"""The servers are real: a throw-away database in the PostgreSQL of DATABASE_URL, a private Redis database each."""

import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from prometheus_client import REGISTRY
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache.recompute import IDENTITY_READ
from dealradar.invalidation import hook
from dealradar.invalidation.courier import courier
from tests.emptying import EMPTY
from tests.ending import end
from tests.merging import Mortal

pytest_plugins = ("tests.people", "tests.applications")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Return the URL of a migrated, empty database that only this test process uses."""
    server = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql")
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def redis_url(worker_id: str) -> str:
    """Return the URL of a Redis database that only this test process uses."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    base = make_url(os.environ["REDIS_URL"])
    return base.set(database=str(int(base.database or 0) + number)).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings that the tests' application has unless a test makes its own."""
    return Settings.from_environment(
        _env_file=None,
        dealradar_env="test",
        database_url=database_url,
        redis_url=redis_url,
        mail_dir=tmp_path_factory.mktemp("mail"),
        cache_timeout_ms=1_000,  # of servers that share the machine with all tests
        rate_limit_max_requests=1_000_000,
        login_max_tries_per_minute=1_000,
        register_max_per_minute=1_000,
    )


class Visitor(FlaskClient):
    """Sends each request in a context of its own, as a server does; else they'd share the test's session and g."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def _migrated(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.test_client_class = Visitor
    with app.app_context():
        upgrade()
    yield app
    end(app)


@pytest.fixture
def _merger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    merger = Mortal(courier.tell)
    monkeypatch.setattr(hook, "merger", merger)
    yield
    merger.is_over = True


def _leaks() -> float:
    return REGISTRY.get_sample_value("dealradar_cache_refused_stores_total", {"reason": IDENTITY_READ}) or 0.0


@pytest.fixture
def _isolation(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which an answer that is declared public looked at who asked, unless it is about just that."""
    before = _leaks()
    yield
    if request.node.get_closest_marker("leaking") is None:
        assert _leaks() == before


@pytest.fixture
def app(_migrated: Flask, _merger: None, _isolation: None, redis_url: str) -> Iterator[Flask]:
    """Return the application on empty servers, its context pushed."""
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()
    with _migrated.app_context():
        db.session.execute(EMPTY)
        db.session.commit()
        yield _migrated
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that has shown no credentials."""
    return app.test_client()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the journeys, which take longest: who is done first then takes from what is short."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)
