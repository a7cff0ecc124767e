from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from dealradar.domain import comments
from dealradar.domain.comments import CommentSort, CommentStatus, ThreadComment, ThreadQuery, trees
from dealradar.domain.comments.models import Comment
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review

NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
Levels = dict[int | None, list[int]]

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def review(bob: User) -> Review:
    """Return a review that nobody has commented on yet."""
    return make_review(make_deal(bob), bob)


@dataclass(frozen=True)
class Said:
    """A comment to be made: in reply to which earlier one, if any; few of its times and scores differ."""

    parent: int | None
    status: CommentStatus
    score: int
    minute: int


@dataclass(frozen=True)
class Made:
    """A comment that is there."""

    said: Said
    id: int
    parent_id: int | None


SORT_KEYS: Final[dict[CommentSort, Callable[[Made], tuple[int, ...]]]] = {
    CommentSort.NEWEST: lambda made: (-made.said.minute, -made.id),
    CommentSort.OLDEST: lambda made: (made.said.minute, made.id),
    CommentSort.TOP: lambda made: (-made.said.score, -made.said.minute, -made.id),
}


@st.composite
def talks(draw: st.DrawFn) -> list[Said]:
    """Return any small tree of comments, from a single chain to a single level."""
    return [
        Said(
            parent=draw(st.none() | st.integers(0, number - 1)) if number else None,
            status=draw(st.sampled_from(CommentStatus)),
            score=draw(st.integers(-1, 1)),
            minute=draw(st.integers(0, 2)),
        )
        for number in range(draw(st.integers(0, 16)))
    ]


def _make(talk: Sequence[Said], review: Review) -> list[Made]:
    made: list[Made] = []
    for said in talk:
        parent_id = None if said.parent is None else made[said.parent].id
        values = {
            "review_id": review.id,
            "deal_id": review.deal_id,
            "author_id": review.author_id,
            "parent_id": parent_id,
            "body": "So it is.",
            "status": said.status,
            "upvote_count": said.score,
            "created_at": NOON + timedelta(minutes=said.minute),
            "deleted_at": NOON if said.status is CommentStatus.DELETED else None,
        }
        comment_id = db.session.scalars(insert(Comment).values(values).returning(Comment.id)).one()
        made.append(Made(said, comment_id, parent_id))
    return made


def _shown(talk: Sequence[Made], sort: CommentSort) -> Levels:
    """Return what people should see: each level of the thread, in order."""
    is_shown: dict[int, bool] = defaultdict(bool)
    for made in reversed(talk):
        is_shown[made.id] |= made.said.status is CommentStatus.VISIBLE
        if made.parent_id is not None:
            is_shown[made.parent_id] |= is_shown[made.id]
    levels: Levels = defaultdict(list)
    for made in sorted(talk, key=SORT_KEYS[sort]):
        if is_shown[made.id]:
            levels[made.parent_id].append(made.id)
    return levels


def _walk(review_id: int, query: ThreadQuery) -> Levels:
    """Return what one sees who follows every cursor: each level of the thread, in order."""
    levels: Levels = defaultdict(list)
    reply_counts: dict[int, int] = {}
    cursors: list[str | None] = [None]
    while cursors:
        page = comments.of_review(review_id, query.model_copy(update={"cursor": cursors.pop()}))
        on_page = list(_flat(page.items))
        assert len(on_page) <= trees.MAX_COMMENTS
        for comment in on_page:
            levels[comment.parent_id].append(comment.id)
            reply_counts[comment.id] = comment.reply_count
        cursors += [cursor for cursor in (page.next_cursor, *(each.replies_cursor for each in on_page)) if cursor]
    assert {parent_id: len(level) for parent_id, level in levels.items() if parent_id} == _positive(reply_counts)
    return levels


def _positive(counts: dict[int, int]) -> dict[int, int]:
    return {key: count for key, count in counts.items() if count}


def _flat(level: Sequence[ThreadComment]) -> Iterator[ThreadComment]:
    """Yield the comments of a page, none of which is below another's parent."""
    for comment in level:
        assert {reply.parent_id for reply in comment.replies} <= {comment.id}
        yield comment
        yield from _flat(comment.replies)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example begins by rolling back the last
)
@given(
    talk=talks(),
    sort=st.sampled_from(CommentSort),
    depth=st.integers(1, 8),
    limit=st.integers(1, 4),
    at_most=st.integers(1, 20),
)
def test_who_follows_every_cursor_sees_each_shown_comment_once_in_order_below_its_parent(
    talk: list[Said], sort: CommentSort, depth: int, limit: int, at_most: int, review: Review
) -> None:
    db.session.rollback()
    made = _make(talk, review)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "MAX_COMMENTS", at_most)
        walked = _walk(review.id, ThreadQuery(sort=sort, depth=depth, limit=limit))

    assert walked == _shown(made, sort)
