from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from dealradar.domain import comments, deals, reviews
from dealradar.domain.comments import CommentChange, CommentDraft, CommentOut, CommentStatus, ThreadQuery
from dealradar.domain.comments.models import Comment
from dealradar.domain.deals import DealStatus
from dealradar.domain.errors import BadCursorError, ForbiddenError, InvalidError, NotFoundError
from dealradar.domain.notifications.models import Notification
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.reviews.models import Review
from dealradar.domain.shapes import ListQuery
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
def alice() -> User:
    """Return who reviews."""
    return make_user("alice")


@pytest.fixture
def bob() -> User:
    """Return who comments."""
    return make_user("bob")


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
            _vote(comment.id, bob, 1)
    with transaction():
        comments.set_status(comment.id, CommentStatus.VISIBLE)

    assert comments.get(comment.id).model_dump(exclude={"updated_at"}) == before.model_dump(exclude={"updated_at"})


def test_the_status_of_no_comment_is_not_set() -> None:
    with pytest.raises(NotFoundError):
        comments.set_status(99, CommentStatus.HIDDEN)


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


def test_flat_lists_are_newest_first_in_pages_that_neither_skip_nor_repeat(review: Review, bob: User) -> None:
    at = [NOON + timedelta(minutes=minutes) for minutes in (0, 2, 1, 1, 1)]
    made = [make_comment(review, bob, created_at=moment).id for moment in at]
    newest_first = [made[1], made[4], made[3], made[2], made[0]]

    for listing, listed_id in ((comments.of_deal, review.deal_id), (comments.of_user, bob.id)):
        page = listing(listed_id, ListQuery(limit=2))
        walked = [comment.id for comment in page.items]
        while page.next_cursor is not None:
            page = listing(listed_id, ListQuery(limit=2, cursor=page.next_cursor))
            walked += [comment.id for comment in page.items]
        assert walked == newest_first


def test_flat_lists_leave_out_what_nobody_sees(alice: User, bob: User) -> None:
    deal = make_deal(alice)
    review = make_review(deal, alice)
    shown = make_comment(review, bob)
    hidden = make_comment(review, bob, status=CommentStatus.HIDDEN)
    make_comment(hidden, alice)
    make_comment(make_review(deal, bob, status=ReviewStatus.HIDDEN), bob)
    make_comment(make_review(make_deal(alice, status=DealStatus.REMOVED), bob), bob)

    assert [comment.id for comment in comments.of_user(bob.id, ListQuery()).items] == [shown.id]
    assert [comment.parent_id for comment in comments.of_deal(deal.id, ListQuery()).items] == [hidden.id, None]


def test_there_are_no_lists_of_what_never_was(alice: User) -> None:
    hidden = make_deal(alice, status=DealStatus.HIDDEN)

    for deal_id in (hidden.id, 99):
        with pytest.raises(NotFoundError):
            comments.of_deal(deal_id, ListQuery())
    with pytest.raises(NotFoundError):
        comments.of_user(99, ListQuery())


def test_a_cursor_is_good_for_its_own_list_alone(review: Review, bob: User) -> None:
    for _ in range(2):
        make_comment(review, bob)
    cursor = comments.of_deal(review.deal_id, ListQuery(limit=1)).next_cursor

    with pytest.raises(BadCursorError):
        comments.of_user(bob.id, ListQuery(cursor=cursor))
    with pytest.raises(BadCursorError):
        comments.of_review(review.id, ThreadQuery(cursor=cursor))


def test_briefs_tell_of_every_comment_whatever_people_see(review: Review, bob: User) -> None:
    comment = make_comment(review, bob, body="x" * 139 + "yz", status=CommentStatus.HIDDEN)

    brief = comments.briefs([comment.id, 99])[comment.id]

    assert (brief.author_id, brief.excerpt, brief.status) == (bob.id, "x" * 139 + "y", CommentStatus.HIDDEN)
    assert comments.author_of(comment.id) == bob.id
    with pytest.raises(NotFoundError):
        comments.author_of(99)
