"""Where in a thread a reader is: each level below each parent is a list of its own, with cursors of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Integer

from dealradar.domain import pages
from dealradar.domain.comments.models import Comment
from dealradar.domain.comments.shapes import CommentSort
from dealradar.domain.pages import Key, Order, Window

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
"""What comes before and after all that a column of each type holds, within what a cursor may say."""


@dataclass(frozen=True)
class Place:
    """A place among the replies of a parent: after the one whose sort key is *values*."""

    parent_id: int
    values: Sequence[Any]


class Cursors:
    """The places of one thread in one order, and the opaque texts that lead to them."""

    def __init__(self, review_id: int, order: Order) -> None:
        self.order = order
        self._start = [ENDS[type(key.column.type)][key.descending] for key in order.keys]
        self._scope = f"comments@review:{review_id}"
        self._keys = Order(order.name, (Key(Comment.parent_id), *order.keys))

    def start(self, parent_id: int = ROOT) -> Place:
        """Return the place before the first reply of the parent."""
        return Place(parent_id, self._start)

    def write(self, place: Place) -> str:
        """Return the cursor that leads to *place*."""
        return pages.encode(self._scope, self._keys, (place.parent_id, *place.values))

    def read(self, cursor: str) -> Place:
        """Return the place that *cursor* leads to.

        Raises:
            BadCursorError: It is damaged, or of another thread or order.
        """
        window = Window(scope=self._scope, limit=1, cursor=cursor)
        parent_id, *values = pages.decode(window, self._keys)
        return Place(parent_id, values)
