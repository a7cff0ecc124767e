"""The comments on one review as a tree."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dealradar.domain import reviews
from dealradar.domain.comments.places import ORDERS, ROOT, Cursors, Place
from dealradar.domain.comments.shapes import CommentSort, ThreadComment, ThreadQuery
from dealradar.domain.comments.trees import statement, values
from dealradar.domain.documents import Shape
from dealradar.domain.shapes import Page
from dealradar.extensions import db


def of_review(review_id: int, query: ThreadQuery) -> Page[ThreadComment]:
    """Return the comments on a review that answer it directly, or go on at the cursor, with the replies below them.

    It takes one statement, which reads no more of the thread than the answer holds.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
        BadCursorError: The cursor is not of this thread in this order.
    """
    cursors = Cursors(review_id, ORDERS[query.sort])
    place = cursors.read(query.cursor) if query.cursor is not None else cursors.start()
    rows = db.session.connection().execute(statement(query.sort), values(review_id, place, query)).all()
    if not rows:
        reviews.ensure_visible(review_id)
    shape = _shape(query.sort)
    return _Tree(cursors, [shape.document(row) for row in rows]).page(place.parent_id)


@cache
def _shape(sort: CommentSort) -> Shape:
    return Shape.of(statement(sort))


class _Tree:
    """The rows of one answer, put together from the top."""

    def __init__(self, cursors: Cursors, rows: Sequence[Mapping[str, Any]]) -> None:
        self.cursors = cursors
        self.below: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: int(row["position"])):
            self.below[row["parent_id"] or ROOT].append(row)

    def page(self, parent_id: int) -> Page[ThreadComment]:
        """Return what there is of the parent's replies, and the cursor to what there is not."""
        # A full answer ends anywhere: what comes after a sibling that it lacks waits for the cursor as well.
        level = [row for i, row in enumerate(self.below[parent_id], start=1) if row["position"] == i]
        return Page(items=[self._with_replies(row) for row in level], next_cursor=self._after(parent_id, level))

    def _with_replies(self, row: Mapping[str, Any]) -> ThreadComment:
        replies = self.page(row["id"])
        cursor = replies.next_cursor
        if row["reply_count"] and not replies.items:
            cursor = self.cursors.write(self.cursors.start(row["id"]))
        return ThreadComment(**row, replies=replies.items, replies_cursor=cursor)

    def _after(self, parent_id: int, level: Sequence[Mapping[str, Any]]) -> str | None:
        if not level or level[-1]["next_id"] is None:
            return None
        last = [level[-1][str(key.column.key)] for key in self.cursors.order.keys]
        return self.cursors.write(Place(parent_id, last))
