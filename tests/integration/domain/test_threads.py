from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import event, text

from dealradar.domain import comments
from dealradar.domain.comments import CommentSort, CommentStatus, ThreadComment, ThreadQuery, trees
from dealradar.domain.comments.models import Comment
from dealradar.domain.comments.places import ORDERS, Cursors
from dealradar.domain.errors import BadCursorError, NotFoundError
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review

NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
MANY: Final = text("""
    INSERT INTO comments (id, review_id, deal_id, author_id, parent_id, body, created_at)
    SELECT i, :review, :deal, :author, CASE WHEN i > 20 THEN (i - 21) / 24 + 1 END, 'So it is.',
           timestamptz '2026-06-01' + i * interval '1 s'
      FROM generate_series(1, 10000) AS i
""")
"""Twenty comments, and under each of the first 416 twenty-four replies."""

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def review(bob: User) -> Review:
    """Return a review that nobody has commented on yet."""
    return make_review(make_deal(bob), bob)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return the statements that have been sent to the database so far."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def _flat(level: Sequence[ThreadComment]) -> Iterator[ThreadComment]:
    """Yield the comments of a page, none of which is below another's parent."""
    for comment in level:
        assert {reply.parent_id for reply in comment.replies} <= {comment.id}
        yield comment
        yield from _flat(comment.replies)


def _thread(review: Review, **asked: Any) -> list[ThreadComment]:
    return comments.of_review(review.id, ThreadQuery.model_validate(asked)).items


def test_a_thread_is_newest_first_and_four_levels_deep_unless_asked_otherwise(review: Review, bob: User) -> None:
    make_comment(review, bob, body="old", created_at=NOON)
    below: Review | Comment = review
    for _ in range(5):
        below = make_comment(below, bob)

    newest, oldest = _thread(review)

    assert oldest.body == "old"
    fourth = newest.replies[0].replies[0].replies[0]
    assert (fourth.replies, fourth.reply_count) == ([], 1)
    assert fourth.replies_cursor is not None


def test_a_cursor_of_replies_is_answered_with_them_nested_as_deep_again(review: Review, bob: User) -> None:
    first = make_comment(review, bob)
    second = make_comment(first, bob)
    third = make_comment(second, bob)
    fourth = make_comment(third, bob)
    (top,) = _thread(review, depth=1)

    (below,) = _thread(review, depth=2, cursor=top.replies_cursor)

    assert (top.replies, below.id, below.replies[0].id) == ([], second.id, third.id)
    (last,) = _thread(review, depth=2, cursor=below.replies[0].replies_cursor)
    assert (last.id, last.replies_cursor) == (fourth.id, None)


def test_what_is_hidden_or_deleted_keeps_its_place_above_replies_and_nothing_else(review: Review, bob: User) -> None:
    for status in (CommentStatus.HIDDEN, CommentStatus.DELETED):
        at = {"created_at": NOON, "deleted_at": NOON if status is CommentStatus.DELETED else None}
        parent = make_comment(review, bob, body="secret", status=status, **at)
        make_comment(parent, bob, body="shown")
        make_comment(review, bob, body="secret", status=status, **at)

    tombstones = _thread(review)

    assert [(each.author, each.body, each.deleted, each.reply_count) for each in tombstones] == [
        (None, "", True, 1)
    ] * 2
    assert [reply.body for each in tombstones for reply in each.replies] == ["shown"] * 2


def test_a_tombstone_goes_with_the_last_that_is_shown_below_it_and_comes_back_with_it(
    review: Review, bob: User
) -> None:
    top = make_comment(review, bob, status=CommentStatus.HIDDEN)
    middle = make_comment(top, bob, status=CommentStatus.HIDDEN)
    bottom = make_comment(middle, bob)

    comments.set_status(bottom.id, CommentStatus.HIDDEN)
    assert _thread(review) == []
    comments.set_status(bottom.id, CommentStatus.VISIBLE)

    assert _thread(review)[0].replies[0].replies[0].id == bottom.id


def test_there_is_no_thread_below_what_nobody_sees(bob: User) -> None:
    hidden = make_review(make_deal(bob), bob, status=ReviewStatus.HIDDEN)

    for review_id in (hidden.id, 99):
        with pytest.raises(NotFoundError):
            comments.of_review(review_id, ThreadQuery())


def test_a_cursor_is_good_for_its_own_thread_and_order_alone(review: Review, bob: User) -> None:
    other = make_review(make_deal(bob), bob)
    make_comment(make_comment(review, bob), bob)
    (top,) = _thread(review, depth=1)

    for asked_review, sort in ((other, "newest"), (review, "oldest"), (review, "top")):
        with pytest.raises(BadCursorError):
            _thread(asked_review, sort=sort, cursor=top.replies_cursor)
    with pytest.raises(BadCursorError):
        _thread(review, cursor="x" + str(top.replies_cursor))


def test_a_cursor_outlives_the_comments_that_it_names(review: Review, bob: User) -> None:
    top = make_comment(review, bob)
    replies = [make_comment(top, bob, created_at=NOON + timedelta(minutes=number)) for number in range(3)]
    (seen,) = _thread(review, sort="oldest", limit=1)

    db.session.execute(text("DELETE FROM comments WHERE id = :id"), {"id": replies[0].id})

    assert [each.id for each in _thread(review, sort="oldest", cursor=seen.replies_cursor)] == [
        reply.id for reply in replies[1:]
    ]


@pytest.mark.parametrize("depth", [1, 8])
def test_a_thread_costs_one_statement_however_deep(
    depth: int, review: Review, bob: User, statements: list[str]
) -> None:
    below: Review | Comment = review
    for _ in range(8):
        below = make_comment(below, bob)
        make_comment(below, bob)
    statements.clear()

    _thread(review, depth=depth)

    assert len(statements) == 1


def _rows_read(plan: dict[str, Any]) -> int:
    """Return how many rows of comments a plan, as it was run, got from the table."""
    own = plan["Actual Rows"] * plan["Actual Loops"] if plan.get("Relation Name") == "comments" else 0
    return int(own) + sum(_rows_read(part) for part in plan.get("Plans", ()))


@pytest.mark.parametrize("sort", [CommentSort.NEWEST, CommentSort.OLDEST])
def test_of_a_huge_thread_no_more_is_read_than_is_answered(sort: CommentSort, review: Review) -> None:
    query = ThreadQuery(sort=sort, limit=10, depth=3)
    place = {"review": review.id, "deal": review.deal_id, "author": review.author_id}
    db.session.execute(text("SET LOCAL statement_timeout = 0"))  # it is the reading that is in question
    db.session.execute(MANY, place)
    db.session.execute(text("ANALYZE comments"))
    db.session.execute(text("SET LOCAL enable_seqscan = off"))  # as where the thread is not nearly the whole table
    answered = len(list(_flat(comments.of_review(review.id, query).items)))
    values = trees.values(review.id, Cursors(review.id, ORDERS[sort]).start(), query)
    sql = trees.statement(sort).params(values).compile(db.engine, compile_kwargs={"literal_binds": True})

    (plan,) = db.session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")).scalar_one()

    assert answered == trees.MAX_COMMENTS
    assert _rows_read(plan["Plan"]) <= 3 * answered
