from threading import Barrier

import pytest
from flask import Flask

from dealradar.domain import deals, reviews
from dealradar.domain.errors import ConflictError, NotFoundError
from dealradar.domain.reviews import ReviewBallot, ReviewChange, ReviewDraft, ReviewStatus
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_review
from tests.interleaving import others, until_one_waits


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _publish(deal_id: int, by: Actor, body: str) -> int:
    with transaction():
        return reviews.publish(ReviewDraft(deal_id=deal_id, rating=4, body=body), by=by).id


def test_of_two_reviews_by_one_person_at_once_the_second_is_a_conflict(app: Flask) -> None:
    deal, bob = make_deal(make_user("alice")), _as(make_user("bob"))

    with others(app) as start:
        with transaction():
            first = reviews.publish(ReviewDraft(deal_id=deal.id, rating=4, body="First."), by=bob)
            second = start(lambda: _publish(deal.id, bob, "Second."))
            until_one_waits()
        with pytest.raises(ConflictError):
            second.result()

    assert reviews.get(first.id).body == "First."
    assert deals.get(deal.id).review_count == 1


def test_of_many_reviews_by_one_person_at_once_one_is_published(app: Flask) -> None:
    deal, bob = make_deal(make_user("alice")), _as(make_user("bob"))
    at_once = Barrier(5)

    def publish(number: int) -> bool:
        at_once.wait()
        try:
            _publish(deal.id, bob, f"Number {number}.")
        except ConflictError:
            return False
        return True

    with others(app, at_once=5) as start:
        published = [start(lambda number=number: publish(number)) for number in range(5)]  # type: ignore[misc]  # bound early

    assert sorted(each.result() for each in published) == [False] * 4 + [True]
    assert deals.get(deal.id).review_count == 1


def test_a_review_waits_for_the_first_one_s_end_and_takes_its_place_if_that_is_rolled_back(app: Flask) -> None:
    deal, bob = make_deal(make_user("alice")), _as(make_user("bob"))

    with others(app) as start:
        reviews.publish(ReviewDraft(deal_id=deal.id, rating=4, body="First."), by=bob)
        second = start(lambda: _publish(deal.id, bob, "Second."))
        until_one_waits()
        db.session.rollback()
        review_id = second.result()

    assert reviews.get(review_id).body == "Second."


def test_of_two_changes_at_once_the_second_leaves_the_first_s_alone(app: Flask) -> None:
    user = make_user("bob")
    review, bob = make_review(make_deal(make_user("alice")), user), _as(user)

    def retitle() -> None:
        with transaction():
            reviews.change(review.id, ReviewChange(title="Retitled"), by=bob)

    with others(app) as start:
        with transaction():
            reviews.change(review.id, ReviewChange(rating=1), by=bob)
            second = start(retitle)
            until_one_waits()
        second.result()

    assert (reviews.get(review.id).rating, reviews.get(review.id).title) == (1, "Retitled")


def test_one_person_voting_from_many_devices_at_once_has_one_vote(app: Flask) -> None:
    alice = make_user("alice")
    review, bob = make_review(make_deal(alice), alice), _as(make_user("bob"))
    at_once = Barrier(5)

    def vote() -> int:
        at_once.wait()
        with transaction():
            return reviews.vote(review.id, ReviewBallot(helpful=True), by=bob).helpful_count

    with others(app, at_once=5) as start:
        votes = [start(vote) for _ in range(5)]

    assert [each.result() for each in votes] == [1] * 5


def test_a_vote_that_waits_for_a_takedown_is_refused(app: Flask) -> None:
    alice = make_user("alice")
    review, bob = make_review(make_deal(alice), alice), _as(make_user("bob"))

    def vote() -> None:
        with transaction():
            reviews.vote(review.id, ReviewBallot(helpful=True), by=bob)

    with others(app) as start:
        with transaction():
            reviews.set_status(review.id, ReviewStatus.HIDDEN)
            voting = start(vote)
            until_one_waits()
        with pytest.raises(NotFoundError):
            voting.result()
