from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from dealradar.domain import comments, recount, reviews
from dealradar.domain.comments import CommentDraft, CommentStatus, ThreadQuery
from dealradar.domain.comments.models import Comment
from dealradar.domain.errors import InvalidError, NotFoundError
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_comment, make_review
from tests.interleaving import others, until_one_waits

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def alice() -> User:
    """Return who reviews, and commented first."""
    return make_user("alice")


@pytest.fixture
def bob() -> Actor:
    """Return who comments."""
    return _as(make_user("bob"))


@pytest.fixture
def review(alice: User) -> Review:
    """Return a review that nobody has commented on yet."""
    return make_review(make_deal(alice), alice)


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _reply(review_id: int, parent_id: int | None, by: Actor) -> int:
    with transaction():
        return comments.publish(CommentDraft(review_id=review_id, parent_id=parent_id, body="So it is."), by=by).id


def _remove(comment_id: int, by: Actor) -> None:
    with transaction():
        comments.remove(comment_id, by=by)


def _there() -> list[int]:
    return list(db.session.scalars(select(Comment.id).order_by(Comment.id)))


def test_a_reply_that_waits_for_its_parent_s_deletion_is_refused(
    app: Flask, review: Review, alice: User, bob: Actor
) -> None:
    parent = make_comment(review, alice)

    with others(app) as start:
        with transaction():
            comments.remove(parent.id, by=_as(alice))
            reply = start(lambda: _reply(review.id, parent.id, bob))
            until_one_waits()
        with pytest.raises(InvalidError):
            reply.result()

    assert _there() == []


def test_a_deletion_that_waits_for_a_reply_leaves_a_tombstone_above_it(
    app: Flask, review: Review, alice: User, bob: Actor
) -> None:
    parent = make_comment(review, alice)

    with others(app) as start:
        with transaction():
            reply = comments.publish(CommentDraft(review_id=review.id, parent_id=parent.id, body="So it is."), by=bob)
            removal = start(lambda: _remove(parent.id, _as(alice)))
            until_one_waits()
        removal.result()

    (tombstone,) = comments.of_review(review.id, ThreadQuery()).items
    assert (tombstone.id, tombstone.deleted, tombstone.replies[0].id) == (parent.id, True, reply.id)


def test_with_the_last_two_replies_deleted_at_once_their_tombstone_goes(
    app: Flask, review: Review, alice: User, bob: Actor
) -> None:
    top = make_comment(review, alice)
    one, other = (_reply(review.id, top.id, bob) for _ in range(2))
    _remove(top.id, _as(alice))

    with others(app) as start:
        with transaction():
            comments.remove(one, by=bob)
            removal = start(lambda: _remove(other, bob))
            until_one_waits()
        removal.result()

    assert _there() == []


def test_of_two_deletions_at_once_the_second_finds_nothing(app: Flask, review: Review, alice: User) -> None:
    comment, by = make_comment(review, alice), _as(alice)

    with others(app) as start:
        with transaction():
            comments.remove(comment.id, by=by)
            second = start(lambda: _remove(comment.id, by))
            until_one_waits()
        with pytest.raises(NotFoundError):
            second.result()


def test_a_comment_that_waits_for_its_review_s_deletion_is_refused(
    app: Flask, review: Review, alice: User, bob: Actor
) -> None:
    with others(app) as start:
        with transaction():
            reviews.remove(review.id, by=_as(alice))
            comment = start(lambda: _reply(review.id, None, bob))
            until_one_waits()
        with pytest.raises(NotFoundError):
            comment.result()


@pytest.mark.parametrize("ending", ["deleted", "hidden"])
def test_a_vote_that_waits_for_a_comment_s_end_is_refused(
    ending: str, app: Flask, review: Review, alice: User, bob: Actor
) -> None:
    comment = make_comment(review, alice)

    def vote() -> None:
        with transaction():
            comments.vote(comment.id, 1, by=bob)

    with others(app) as start:
        with transaction():
            if ending == "deleted":
                comments.remove(comment.id, by=_as(alice))
            else:
                comments.set_status(comment.id, CommentStatus.HIDDEN)
            voting = start(vote)
            until_one_waits()
        with pytest.raises(NotFoundError):
            voting.result()


def test_people_vote_while_a_thread_is_being_written(app: Flask, review: Review, alice: User, bob: Actor) -> None:
    comment = make_comment(review, alice)

    def vote() -> int:
        with transaction():
            return comments.vote(comment.id, 1, by=bob).score

    with others(app) as start, transaction():
        comments.publish(CommentDraft(review_id=review.id, body="So it is."), by=_as(alice))

        assert start(vote).result(timeout=5) == 1


def test_many_who_reply_and_delete_at_once_neither_lose_a_reply_nor_lock_each_other_out(
    app: Flask, review: Review, alice: User
) -> None:
    top = make_comment(review, alice)
    people = [_as(make_user(f"person-{number}")) for number in range(6)]
    at_once = Barrier(len(people))

    def take_part(person: Actor) -> int:
        at_once.wait()
        passing = _reply(review.id, top.id, person)
        kept = _reply(review.id, top.id, person)
        with transaction():
            comments.vote(top.id, 1, by=person)
        _remove(passing, person)
        return kept

    with others(app, at_once=len(people)) as start:
        kept = [start(lambda person=person: take_part(person)) for person in people]  # type: ignore[misc]  # bound early

    assert _there() == sorted([top.id, *(each.result() for each in kept)])
    assert comments.get(top.id).reply_count == comments.get(top.id).score == len(people)
    assert list(recount.drifts()) == []
