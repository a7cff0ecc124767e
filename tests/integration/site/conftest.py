"""What the pages show."""

import pytest

from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review


@pytest.fixture
def deal(alice: User) -> Deal:
    """Return a deal of alice's."""
    return make_deal(alice)


@pytest.fixture
def review(deal: Deal, alice: User) -> Review:
    """Return alice's review of the deal."""
    return make_review(deal, alice)
