"""The comments on one review as a tree, of which each level below each parent is a list with a cursor of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Integer, Row, Select, func, literal, select, true

from dealradar.domain import pages, reviews
from dealradar.domain.comments.columns import COLUMNS, IS_AUTHOR, IS_SHOWN
from dealradar.domain.comments.models import Comment
from dealradar.domain.comments.shapes import CommentOut, CommentSort, ThreadComment, ThreadQuery
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import Page
from dealradar.domain.users.models import User
from dealradar.extensions import db

MAX_COMMENTS: Final = 500
"""How many comments one answer carries at most; the cursors lead to what is left out."""
ROOT: Final = 0
"""Stands in cursors for the parent of what answers the review itself."""

ORDERS: Final = {
    CommentSort.NEWEST: Order("newest", (Key(Comment.created_at), Key(Comment.id))),
    CommentSort.OLDEST: Order("oldest", (Key(Comment.created_at, descending=False), Key(Comment.id, descending=False))),
    CommentSort.TOP: Order("top", (Key(Comment.score), Key(Comment.created_at), Key(Comment.id))),
}
ENDS: Final[Mapping[type, tuple[Any, Any]]] = {
    Integer: (-(2**31), 2**31 - 1),
    BigInteger: (-(2**63), 2**63 - 1),
    DateTime: (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
}
"""The least and the most that a column of each type holds for a cursor."""


@dataclass(frozen=True)
class Place:
    """Where in a thread to go on: among the replies of a parent, after the one whose sort key is *values*."""

    parent_id: int
    values: Sequence[Any]


@dataclass(frozen=True)
class Cursors:
    """The cursors of one thread in one order: a place as opaque text, and back."""

    review_id: int
    order: Order

    def write(self, place: Place) -> str:
        """Return the cursor that leads to *place*."""
        return pages.encode(self._scope, self._order, (place.parent_id, *place.values))

    def read(self, cursor: str) -> Place:
        """Return the place that *cursor* leads to.

        Raises:
            BadCursorError: It is damaged, or of another thread or order.
        """
        window = Window(scope=self._scope, limit=0, cursor=cursor)
        parent_id, *values = pages.decode(window, self._order)
        return Place(parent_id, values)

    @property
    def _scope(self) -> str:
        return f"comments@review:{self.review_id}"

    @property
    def _order(self) -> Order:
        return Order(self.order.name, (Key(Comment.parent_id), *self.order.keys))


def of_review(review_id: int, query: ThreadQuery) -> Page[ThreadComment]:
    """Return the comments on a review that answer it directly, or go on at the cursor, with replies below them.

    Two statements, whatever the thread's size: PostgreSQL reads no more of it than the answer holds.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
        BadCursorError: The cursor is not of this thread in this order.
    """
    reviews.ensure_visible(review_id)
    order = ORDERS[query.sort]
    cursors = Cursors(review_id, order)
    place = cursors.read(query.cursor) if query.cursor else start_of(ROOT, order)
    rows = db.session.execute(statement(review_id, place, query)).all()
    return _Tree(cursors, rows).page(place.parent_id)


def start_of(parent_id: int, order: Order) -> Place:
    """Return the place before the first reply of the parent."""
    return Place(parent_id, [ENDS[type(key.column.type)][key.descending] for key in order.keys])


def statement(review_id: int, place: Place, query: ThreadQuery) -> Select[*tuple[Any, ...]]:
    """Return the statement for the comments from *place* on and, breadth first, what is below them.

    Each row has its ``position`` among those that were asked for of its siblings, and the ``next_id`` of the sibling
    after it.
    """
    order = ORDERS[query.sort]
    of_parent = Comment.parent_id == place.parent_id if place.parent_id else Comment.parent_id.is_(None)
    level = _level(order, query.limit).where(
        Comment.review_id == review_id, of_parent, pages.after(order, place.values)
    )
    tree = level.add_columns(literal(1).label("level")).cte("tree", recursive=True)
    replies = _level(order, query.limit).where(Comment.review_id == review_id, Comment.parent_id == tree.c.id).lateral()
    below = select(replies, tree.c.level + 1).select_from(tree).join(replies, true()).where(tree.c.level < query.depth)
    tree = tree.union_all(below)
    kept = select(tree.c.id, tree.c.position, tree.c.next_id).limit(MAX_COMMENTS).subquery("kept")
    return (
        select(kept.c.position, kept.c.next_id, *COLUMNS).join(kept, kept.c.id == Comment.id).outerjoin(User, IS_AUTHOR)
    )


def _level(order: Order, limit: int) -> Select[*tuple[Any, ...]]:
    by = [key.column.desc() if key.descending else key.column.asc() for key in order.keys]
    position = func.row_number().over(order_by=by).label("position")
    next_id = func.lead(Comment.id).over(order_by=by).label("next_id")
    return select(Comment.id, position, next_id).where(IS_SHOWN).order_by(*by).limit(limit)


class _Tree:
    """The rows of one answer, put together from the top."""

    def __init__(self, cursors: Cursors, rows: Sequence[Row[Any]]) -> None:
        self.cursors = cursors
        self.below: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.position):
            self.below[row.parent_id or ROOT].append(row)

    def page(self, parent_id: int) -> Page[ThreadComment]:
        """Return what there is of the parent's replies, and the cursor to what there is not."""
        # The answer's bound may cut anywhere: what comes after a missing sibling waits for the cursor as well.
        level = [row for i, row in enumerate(self.below[parent_id], start=1) if row.position == i]
        return Page(items=[self._with_replies(row) for row in level], next_cursor=self._after(parent_id, level))

    def _with_replies(self, row: Row[Any]) -> ThreadComment:
        replies = self.page(row.id)
        cursor = replies.next_cursor
        if row.reply_count and not replies.items:
            cursor = self.cursors.write(start_of(row.id, self.cursors.order))
        comment = CommentOut.model_validate(row)
        return ThreadComment(**dict(comment), replies=replies.items, replies_cursor=cursor)

    def _after(self, parent_id: int, level: Sequence[Row[Any]]) -> str | None:
        if not level or level[-1].next_id is None:
            return None
        values = [getattr(level[-1], str(key.column.key)) for key in self.cursors.order.keys]
        return self.cursors.write(Place(parent_id, values))
