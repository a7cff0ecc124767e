from typing import Any

import pytest
from sqlalchemy import select

from dealradar.domain import notifications, reviews
from dealradar.domain.errors import ForbiddenError, NotFoundError
from dealradar.domain.notifications import Reading
from dealradar.domain.notifications.models import Notification
from dealradar.domain.reviews import ReviewBallot, ReviewStatus, ReviewVoteOut
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_review

pytestmark = pytest.mark.usefixtures("app")


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _vote(review_id: int, by: User, *, helpful: bool | None) -> ReviewVoteOut:
    with transaction():
        return reviews.vote(review_id, ReviewBallot(helpful=helpful), by=_as(by))


def _told() -> list[tuple[Any, ...]]:
    columns = (Notification.user_id, Notification.actor_id, Notification.subject_id, Notification.message)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Notification.id))]


def test_votes_are_counted_once_a_person_and_taken_back() -> None:
    bob, carol = make_user("bob"), make_user("carol")
    review = make_review(make_deal(make_user("alice")), make_user("dave"))

    counts = [
        (voted.helpful_count, voted.unhelpful_count)
        for voted in (
            _vote(review.id, bob, helpful=True),
            _vote(review.id, bob, helpful=True),
            _vote(review.id, carol, helpful=False),
            _vote(review.id, bob, helpful=False),
            _vote(review.id, bob, helpful=None),
            _vote(review.id, bob, helpful=None),
        )
    ]

    assert counts == [(1, 0), (1, 0), (1, 1), (0, 2), (0, 1), (0, 1)]


def test_a_vote_says_what_was_voted() -> None:
    bob = make_user("bob")
    review = make_review(make_deal(make_user("alice")), make_user("dave"))

    assert [_vote(review.id, bob, helpful=value).helpful for value in (True, False, None)] == [True, False, None]


def test_nobody_votes_on_their_own_review() -> None:
    bob = make_user("bob")
    review = make_review(make_deal(make_user("alice")), bob)

    with pytest.raises(ForbiddenError):
        _vote(review.id, bob, helpful=True)

    assert reviews.get(review.id).helpful_count == 0


def test_a_hidden_review_is_not_voted_on() -> None:
    review = make_review(make_deal(make_user("alice")), make_user("dave"), status=ReviewStatus.HIDDEN)

    with pytest.raises(NotFoundError):
        _vote(review.id, make_user("bob"), helpful=True)


def test_an_author_is_told_of_helpful_votes_in_one_notification() -> None:
    dave, bob, carol = make_user("dave"), make_user("bob"), make_user("carol")
    review = make_review(make_deal(make_user("alice"), title="Headphones"), dave)

    _vote(review.id, bob, helpful=False)
    assert _told() == []
    _vote(review.id, bob, helpful=True)
    _vote(review.id, carol, helpful=True)

    assert _told() == [(dave.id, carol.id, review.id, "Your review of “Headphones” was found helpful.")]


def test_the_same_vote_again_is_not_told_again() -> None:
    dave, bob = make_user("dave"), make_user("bob")
    review = make_review(make_deal(make_user("alice")), dave)
    _vote(review.id, bob, helpful=True)
    with transaction():
        notifications.read(Reading(all=True), user_id=dave.id)

    _vote(review.id, bob, helpful=True)

    assert len(_told()) == 1
