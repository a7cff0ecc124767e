"""The statement that reads a tree of comments from a place on, so much of each level and so many levels deep."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Bundle

from dealradar.domain import pages, reviews
from dealradar.domain.comments.columns import IS_AUTHOR, IS_SHOWN, OWN
from dealradar.domain.comments.models import Comment
from dealradar.domain.comments.places import ORDERS, ROOT, Place
from dealradar.domain.comments.shapes import CommentSort, ThreadQuery
from dealradar.domain.deals.models import Deal
from dealradar.domain.pages import Order
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User

MAX_COMMENTS: Final = 500
"""How many comments one answer carries at most; the cursors lead to what is left out."""

REVIEW_ID: Final = bindparam("review_id", type_=BigInteger)
PARENT_ID: Final = bindparam("parent_id", type_=BigInteger)
SIBLINGS: Final = bindparam("siblings", type_=Integer)
LEVELS: Final = bindparam("levels", type_=Integer)
COMMENTS: Final = bindparam("comments", type_=Integer)


def values(review_id: int, place: Place, query: ThreadQuery) -> Mapping[str, Any]:
    """Return the parameters of `statement` for the comments on the review from *place* on, and what is below them."""
    after = {f"after_{i}": value for i, value in enumerate(place.values)}
    bounds = {"siblings": query.limit, "levels": query.depth, "comments": MAX_COMMENTS}
    return {"review_id": review_id, "parent_id": place.parent_id, **bounds, **after}


@cache
def statement(sort: CommentSort) -> Select[*tuple[Any, ...]]:
    """Return the statement for the comments from a place on and, level by level, what is below them.

    Each row has its ``position`` among those of its siblings that were asked for, and the ``next_id`` of the sibling
    after it; there is none where the review may not be seen. PostgreSQL stops reading as soon as the answer is full.
    Made once for each order: making it takes as long as all the rest of a thread.
    """
    order = ORDERS[sort]
    level = _level(order).where(Comment.review_id == REVIEW_ID)
    bounds = [bindparam(f"after_{i}", type_=key.column.type) for i, key in enumerate(order.keys)]
    first = level.where(_answers(PARENT_ID), pages.is_after(order, bounds), _is_seen())
    tree = first.add_columns(literal(1).label("level")).cte("tree", recursive=True)
    replies = level.where(_answers(tree.c.id)).lateral()
    below = select(replies, tree.c.level + 1).select_from(tree).join(replies, true()).where(tree.c.level < LEVELS)
    tree = tree.union_all(below)
    kept = select(tree.c.id, tree.c.position, tree.c.next_id).limit(COMMENTS).subquery("kept")
    comment = _one(kept.c.id)
    author: Bundle[Any] = Bundle(
        "author", *(comment.c[f"author_{name}"].label(name) for name in AuthorOut.model_fields)
    )
    own = (comment.c[column.key] for column in OWN)
    return select(kept.c.position, kept.c.next_id, *own, author).select_from(kept).join(comment, true())


def _is_seen() -> ColumnElement[bool]:
    """Return the condition that people see the review, which PostgreSQL asks for once."""
    return (
        select(Review.id)
        .join(Deal, Deal.id == Review.deal_id)
        .where(Review.id == REVIEW_ID, reviews.IS_VISIBLE)
        .exists()
    )


def _answers(parent_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition as the index has it: below a null, PostgreSQL doesn't know it to be in any order."""
    return func.coalesce(Comment.parent_id, literal_column(str(ROOT))) == parent_id


def _level(order: Order) -> Select[*tuple[Any, ...]]:
    by = [key.column.desc() if key.descending else key.column.asc() for key in order.keys]
    position = func.row_number().over(order_by=by).label("position")
    next_id = func.lead(Comment.id).over(order_by=by).label("next_id")
    return select(Comment.id, position, next_id).where(IS_SHOWN).order_by(*by).limit(SIBLINGS)


def _one(comment_id: ColumnElement[int]) -> FromClause:
    """Return the comment with its author, looked up by its id.

    The limit changes nothing but that PostgreSQL does just this for each id: guessing that an answer has far more of
    them than most have, it would sooner read both tables from end to end.
    """
    author = (getattr(User, name).label(f"author_{name}") for name in AuthorOut.model_fields)
    one = select(*OWN, *author).outerjoin(User, IS_AUTHOR).where(Comment.id == comment_id)
    return one.limit(1).lateral("comment")
