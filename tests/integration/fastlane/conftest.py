"""The stage: a deal with a review, and a lane that has learned nothing yet."""

import pytest
from flask import Flask

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.fastlane.lane import Lane
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review
from tests.integration.fastlane.lanes import lane_of


@pytest.fixture
def deal(alice: User) -> Deal:
    """Return a deal that alice posted and reviewed."""
    deal = make_deal(alice)
    make_review(deal, alice)
    return deal


@pytest.fixture
def lane(app: Flask) -> Lane:
    """Return a lane of the application."""
    return lane_of(app)
