from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.extensions import db
from tests.ending import end
from tests.factories import community
from tests.servers.valkey import Valkey

Execute = Callable[..., set[str]]
Version = Callable[[str], bytes | None]


@pytest.fixture
def _community(app: Flask, redis_url: str) -> None:  # noqa: ARG001  its context
    """Found the community, owe nothing for it and have nothing cached."""
    community.found()
    db.session.execute(text("TRUNCATE cache_outbox"))
    db.session.commit()
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()


@pytest.fixture
def owed_by(_community: None) -> Execute:
    """Return what executes statements as psql would, in one transaction, and returns the tags that it owes."""

    def execute(*statements: str) -> set[str]:
        for statement in statements:
            db.session.execute(text(statement))
        db.session.commit()
        owed = db.session.scalars(text("SELECT tag FROM cache_outbox")).all()
        db.session.execute(text("TRUNCATE cache_outbox"))
        db.session.commit()
        assert len(owed) == len(set(owed))
        return set(owed)

    return execute


@pytest.fixture
def version(redis_url: str) -> Iterator[Version]:
    """Return what tells the version of a tag in the store, None while nothing has depended on it."""
    with redis.Redis.from_url(redis_url) as client:
        yield lambda tag: client.get(f"dealradarus:v1:tag:{tag}")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Return a running server of this test's own."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.kill()


@pytest.fixture
def variant(app: Flask, settings: Settings) -> Iterator[Callable[..., None]]:  # noqa: ARG001  its database, emptied
    """Return what puts the test into an application on the same database with other settings."""
    contexts = []

    def enter(**changed: object) -> None:
        context = create_app(settings.model_copy(update=changed)).app_context()
        context.push()
        contexts.append(context)

    yield enter
    for context in reversed(contexts):
        db.session.remove()
        context.pop()
        end(context.app)
