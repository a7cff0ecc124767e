"""The stage: a deal of alice's, a review of it, somebody who reads, and an ear on the database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review


@pytest.fixture
def deal(alice: User) -> Deal:
    """Return a deal that alice posted."""
    return make_deal(alice)


@pytest.fixture
def review(deal: Deal, alice: User) -> Review:
    """Return alice's review of it."""
    return make_review(deal, alice)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Return what is sent to the database from here on."""
    heard: list[str] = []

    def hear(*args: object) -> None:
        heard.append(str(args[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)
