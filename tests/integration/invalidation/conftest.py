from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db
from tests.factories import community


@pytest.fixture
def _community(app: Flask) -> None:  # noqa: ARG001  its context
    """Found the community and owe nothing for it."""
    community.found()
    db.session.execute(text("TRUNCATE cache_outbox"))
    db.session.commit()


@pytest.fixture
def owed_by(_community: None) -> Callable[..., set[str]]:
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
