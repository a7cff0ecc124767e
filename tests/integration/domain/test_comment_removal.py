import pytest
from sqlalchemy import select

from dealradar.domain import comments, reviews
from dealradar.domain.comments import CommentDraft, CommentOut, CommentStatus, ThreadQuery
from dealradar.domain.comments.models import Comment
from dealradar.domain.errors import NotFoundError
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review

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


def _remove(comment_id: int, by: User) -> None:
    with transaction():
        comments.remove(comment_id, by=_as(by))


def _there() -> list[int]:
    return list(db.session.scalars(select(Comment.id).order_by(Comment.id)))


def test_a_comment_without_replies_goes_altogether(review: Review, bob: User) -> None:
    comment = _say(bob, review.id)

    _remove(comment.id, bob)

    assert _there() == []
    assert reviews.get(review.id).comment_count == 0


def test_a_comment_with_replies_stays_as_a_tombstone(review: Review, bob: User) -> None:
    comment = _say(bob, review.id)
    reply = _say(bob, review.id, comment.id)

    _remove(comment.id, bob)

    (tombstone,) = comments.of_review(review.id, ThreadQuery()).items
    assert (tombstone.id, tombstone.author, tombstone.body, tombstone.deleted) == (comment.id, None, "", True)
    assert [each.id for each in tombstone.replies] == [reply.id]
    assert reviews.get(review.id).comment_count == 1
    with pytest.raises(NotFoundError):
        comments.get(comment.id)
    with pytest.raises(NotFoundError):
        _remove(comment.id, bob)


def test_with_the_last_reply_go_the_tombstones_that_stood_for_it(review: Review, bob: User) -> None:
    kept = _say(bob, review.id)
    top = _say(bob, review.id, kept.id)
    middle = _say(bob, review.id, top.id)
    bottom = _say(bob, review.id, middle.id)
    _remove(top.id, bob)
    _remove(middle.id, bob)

    _remove(bottom.id, bob)

    assert _there() == [kept.id]
    assert comments.get(kept.id).reply_count == 0


def test_a_tombstone_stays_as_long_as_another_reply_needs_it(review: Review, bob: User) -> None:
    top = _say(bob, review.id)
    one, other = _say(bob, review.id, top.id), _say(bob, review.id, top.id)
    _remove(top.id, bob)

    _remove(one.id, bob)

    assert _there() == [top.id, other.id]


@pytest.mark.parametrize("status", [CommentStatus.HIDDEN, CommentStatus.DELETED])
def test_what_a_moderator_took_down_is_not_lost_with_what_is_around_it(
    status: CommentStatus, review: Review, bob: User
) -> None:
    top = _say(bob, review.id)
    middle = _say(bob, review.id, top.id)
    with transaction():
        comments.set_status(middle.id, status)

    _remove(top.id, bob)

    assert _there() == [top.id, middle.id]
    assert comments.of_review(review.id, ThreadQuery()).items == []


def test_a_hidden_comment_above_the_last_reply_is_not_deleted_with_it(review: Review, bob: User) -> None:
    hidden = _say(bob, review.id)
    reply = _say(bob, review.id, hidden.id)
    with transaction():
        comments.set_status(hidden.id, CommentStatus.HIDDEN)

    _remove(reply.id, bob)

    assert _there() == [hidden.id]


def test_a_hidden_comment_is_absent_until_it_is_made_visible(review: Review, bob: User) -> None:
    comment = make_comment(review, bob)
    before = comments.get(comment.id)

    for status in (CommentStatus.HIDDEN, CommentStatus.DELETED):
        with transaction():
            comments.set_status(comment.id, status)
        with pytest.raises(NotFoundError):
            comments.get(comment.id)
        with pytest.raises(NotFoundError):
            comments.vote(comment.id, 1, by=_as(bob))
    with transaction():
        comments.set_status(comment.id, CommentStatus.VISIBLE)

    assert comments.get(comment.id).model_dump(exclude={"updated_at"}) == before.model_dump(exclude={"updated_at"})


def test_the_status_of_no_comment_is_not_set() -> None:
    with pytest.raises(NotFoundError):
        comments.set_status(99, CommentStatus.HIDDEN)
