from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from dealradar.domain import comments, deals, reviews
from dealradar.domain.comments import CommentChange, CommentDraft, CommentOut, CommentStatus
from dealradar.domain.comments.models import Comment
from dealradar.domain.errors import ForbiddenError, InvalidError, NotFoundError
from dealradar.domain.notifications.models import Notification
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_comment, make_review

NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def review(alice: User) -> Review:
    """Return a review that nobody has commented on yet."""
    return make_review(make_deal(alice, title="Headphones"), alice)


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _say(by: User, review_id: int, parent_id: int | None = None, body: str = "Do they fold?") -> CommentOut:
    with transaction():
        return comments.publish(CommentDraft(review_id=review_id, parent_id=parent_id, body=body), by=_as(by))


def _change(comment_id: int, by: User, body: str) -> CommentOut:
    with transaction():
        return comments.change(comment_id, CommentChange(body=body), by=_as(by))


def _remove(comment_id: int, by: User) -> None:
    with transaction():
        comments.remove(comment_id, by=_as(by))


def _vote(comment_id: int, by: User, value: int) -> tuple[int, int, int, int]:
    with transaction():
        voted = comments.vote(comment_id, value, by=_as(by))
    return voted.value, voted.score, voted.upvote_count, voted.downvote_count


def _there() -> list[int]:
    return list(db.session.scalars(select(Comment.id).order_by(Comment.id)))


def _told() -> list[tuple[Any, ...]]:
    columns = (Notification.user_id, Notification.actor_id, Notification.subject_id, Notification.message)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Notification.id))]


def test_a_comment_is_shown_with_its_author_and_its_place(review: Review, bob: User) -> None:
    top = _say(bob, review.id)

    reply = _say(bob, review.id, top.id, " Yes,\r\nthey do. ")

    assert (reply.review_id, reply.deal_id, reply.parent_id) == (review.id, review.deal_id, top.id)
    assert (reply.author and reply.author.id, reply.body, reply.deleted) == (bob.id, " Yes,\r\nthey do. ", False)
    assert comments.get(reply.id) == reply
    assert comments.get(top.id).reply_count == 1


def test_its_review_and_its_deal_count_a_comment(review: Review, bob: User) -> None:
    _say(bob, review.id, _say(bob, review.id).id)

    assert reviews.get(review.id).comment_count == 2
    assert deals.get(review.deal_id).comment_count == 2


@pytest.mark.parametrize("body", ["", " \n\t", "nul\x00", "x" * 5_001])
def test_a_body_out_of_bounds_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        CommentDraft(review_id=1, body=body)


def test_the_longest_comment_is_kept(review: Review, bob: User) -> None:
    assert _say(bob, review.id, body="\U0001f600" * 5_000).body == "\U0001f600" * 5_000


@pytest.mark.parametrize("status", [ReviewStatus.HIDDEN, ReviewStatus.REMOVED])
def test_a_review_that_nobody_sees_is_not_commented_on(status: ReviewStatus, alice: User, bob: User) -> None:
    review = make_review(make_deal(alice), alice, status=status)
    comment = make_comment(review, bob)

    for review_id in (review.id, 99):
        with pytest.raises(NotFoundError):
            _say(bob, review_id)
    with pytest.raises(NotFoundError):
        comments.get(comment.id)


def test_the_parent_is_a_visible_comment_on_the_same_review(review: Review, alice: User, bob: User) -> None:
    other_review = make_review(make_deal(alice), alice)
    elsewhere = make_comment(other_review, bob)
    hidden = make_comment(review, bob, status=CommentStatus.HIDDEN)
    deleted = make_comment(review, bob, status=CommentStatus.DELETED, deleted_at=NOON)

    for parent_id in (elsewhere.id, hidden.id, deleted.id, 99):
        with pytest.raises(InvalidError) as refused:
            _say(bob, review.id, parent_id)
        assert [fault.field for fault in refused.value.faults] == ["parent_id"]


def test_only_its_author_and_moderators_change_and_remove_a_comment(review: Review, bob: User) -> None:
    mallory, mona = make_user("mallory"), make_user("mona", Role.MODERATOR)
    comment = make_comment(review, bob)

    with pytest.raises(ForbiddenError):
        _change(comment.id, mallory, "Mine.")
    with pytest.raises(ForbiddenError):
        _remove(comment.id, mallory)

    assert _change(comment.id, bob, "Better.").body == "Better."
    assert _change(comment.id, mona, "Civil.").body == "Civil."
    _remove(comment.id, mona)
    assert _there() == []


def test_a_change_of_nothing_changes_nothing(review: Review, bob: User) -> None:
    comment = make_comment(review, bob)
    before = comments.get(comment.id)

    with transaction():
        assert comments.change(comment.id, CommentChange(), by=_as(bob)) == before

    with pytest.raises(ValidationError, match="leave it out"):
        CommentChange(body=None)


def test_votes_are_counted_once_a_person_and_taken_back(review: Review, alice: User, bob: User) -> None:
    comment = make_comment(review, alice)
    carol = make_user("carol")

    assert [_vote(comment.id, bob, value) for value in (1, 1, -1, 0, 0)] == [
        (1, 1, 1, 0),
        (1, 1, 1, 0),
        (-1, -1, 0, 1),
        (0, 0, 0, 0),
        (0, 0, 0, 0),
    ]
    _vote(comment.id, bob, 1)
    assert _vote(comment.id, carol, -1) == (-1, 0, 1, 1)


def test_the_author_of_a_review_is_told_of_comments_and_that_of_a_comment_of_replies(
    review: Review, alice: User, bob: User
) -> None:
    comment = _say(bob, review.id)
    reply = _say(make_user("carol"), review.id, comment.id)

    assert _told() == [
        (alice.id, bob.id, comment.id, "Your review of “Headphones” got a comment."),
        (bob.id, reply.author and reply.author.id, reply.id, "Your comment on a review of “Headphones” got a reply."),
    ]


def test_nobody_is_told_of_their_own_comments(review: Review, alice: User) -> None:
    _say(alice, review.id, _say(alice, review.id).id)

    assert _told() == []


def test_briefs_tell_of_every_comment_whatever_people_see(review: Review, bob: User) -> None:
    comment = make_comment(review, bob, body="x" * 139 + "yz", status=CommentStatus.HIDDEN)

    brief = comments.briefs([comment.id, 99])[comment.id]

    assert (brief.author_id, brief.excerpt, brief.status) == (bob.id, "x" * 139 + "y", CommentStatus.HIDDEN)
    assert comments.author_of(comment.id) == bob.id
    with pytest.raises(NotFoundError):
        comments.author_of(99)
