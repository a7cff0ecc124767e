import pytest
from sqlalchemy import select

from dealradar.domain import notifications
from dealradar.domain.notifications import Kind
from dealradar.domain.notifications.models import Notification
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.people import make_user

pytestmark = pytest.mark.usefixtures("app")


def _vote(reader: User, voter: User, *, review_id: int = 1) -> None:
    with transaction():
        notifications.tell(
            reader.id,
            kind=Kind.VOTE,
            actor_id=voter.id,
            subject_type="review",
            subject_id=review_id,
            message=f"{voter.username} found your review helpful.",
        )


def _told() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    alice = make_user("alice")

    _vote(alice, alice)

    assert _told() == []


def test_the_anonymous_are_told_nothing() -> None:
    nobody, bob = make_user("nobody", is_anonymous=True), make_user("bob")

    _vote(nobody, bob)

    assert _told() == []


def test_of_votes_on_one_subject_the_last_is_told() -> None:
    alice, bob, carol = make_user("alice"), make_user("bob"), make_user("carol")

    _vote(alice, bob)
    _vote(alice, carol)
    _vote(alice, bob, review_id=2)

    assert [(each.actor_id, each.subject_id) for each in _told()] == [(carol.id, 1), (bob.id, 2)]
