from flask import Flask
from sqlalchemy import select

from dealradar.domain import notifications
from dealradar.domain.notifications import Kind, Reading
from dealradar.domain.notifications.models import Notification
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.people import make_user
from tests.interleaving import others, until_one_waits


def _vote(reader: User, voter: User, *, review_id: int = 1) -> None:
    with transaction():
        _tell_of_vote(reader, voter, review_id=review_id)


def _tell_of_vote(reader: User, voter: User, *, review_id: int = 1) -> None:
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


def test_nobody_is_told_of_what_they_did_themselves(alice: User) -> None:
    _vote(alice, alice)

    assert _told() == []


def test_the_anonymous_are_told_nothing(bob: User) -> None:
    nobody = make_user("nobody", is_anonymous=True)

    _vote(nobody, bob)

    assert _told() == []


def test_of_votes_on_one_subject_the_last_is_told(alice: User, bob: User) -> None:
    carol = make_user("carol")

    _vote(alice, bob)
    _vote(alice, carol)
    _vote(alice, bob, review_id=2)

    assert [(each.actor_id, each.subject_id) for each in _told()] == [(carol.id, 1), (bob.id, 2)]


def test_votes_that_come_at_once_are_merged_as_well(app: Flask, alice: User, bob: User) -> None:
    carol = make_user("carol")

    with others(app) as start:
        with transaction():
            _tell_of_vote(alice, bob)
            second = start(lambda: _vote(alice, carol))
            until_one_waits()
        second.result(timeout=10)

    assert [each.actor_id for each in _told()] == [carol.id]


def test_a_vote_after_the_last_one_was_read_is_told_anew(alice: User, bob: User) -> None:
    _vote(alice, bob)
    with transaction():
        notifications.read(Reading(all=True), user_id=alice.id)

    _vote(alice, bob)

    assert [each.read_at is None for each in _told()] == [False, True]


def test_replies_are_told_each(alice: User, bob: User) -> None:
    for _ in range(2):
        with transaction():
            notifications.tell(
                alice.id, kind=Kind.REPLY, actor_id=bob.id, subject_type="comment", subject_id=1, message="Yes!"
            )

    assert len(_told()) == 2
