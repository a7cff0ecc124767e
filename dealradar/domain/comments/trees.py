"""The statement that reads a tree of comments from a place on, so much of each level and so many levels deep."""

from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, literal_column, select, true
from sqlalchemy.orm import Bundle

from dealradar.domain import pages, reviews
from dealradar.domain.comments.columns import IS_AUTHOR, IS_SHOWN, OWN
from dealradar.domain.comments.models import Comment
from dealradar.domain.comments.places import ORDERS, ROOT, Place
from dealradar.domain.comments.shapes import ThreadQuery
from dealradar.domain.deals.models import Deal
from dealradar.domain.pages import Order
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User

MAX_COMMENTS: Final = 500
"""How many comments one answer carries at most; the cursors lead to what is left out."""


def statement(review_id: int, place: Place, query: ThreadQuery) -> Select[*tuple[Any, ...]]:
    """Return the statement for the comments from *place* on and, level by level, what is below them.

    Each row has its ``position`` among those of its siblings that were asked for, and the ``next_id`` of the sibling
    after it; there is none where the review may not be seen. PostgreSQL stops reading as soon as the answer is full.
    """
    order = ORDERS[query.sort]
    level = _level(order, query.limit).where(Comment.review_id == review_id)
    first = level.where(_answers(place.parent_id), pages.after(order, place.values), _is_seen(review_id))
    tree = first.add_columns(literal(1).label("level")).cte("tree", recursive=True)
    replies = level.where(_answers(tree.c.id)).lateral()
    below = select(replies, tree.c.level + 1).select_from(tree).join(replies, true()).where(tree.c.level < query.depth)
    tree = tree.union_all(below)
    kept = select(tree.c.id, tree.c.position, tree.c.next_id).limit(MAX_COMMENTS).subquery("kept")
    comment = _one(kept.c.id)
    author: Bundle[Any] = Bundle(
        "author", *(comment.c[f"author_{name}"].label(name) for name in AuthorOut.model_fields)
    )
    own = (comment.c[column.key] for column in OWN)
    return select(kept.c.position, kept.c.next_id, *own, author).select_from(kept).join(comment, true())


def _is_seen(review_id: int) -> ColumnElement[bool]:
    """Return the condition that people see the review, which PostgreSQL asks for once."""
    return (
        select(Review.id)
        .join(Deal, Deal.id == Review.deal_id)
        .where(Review.id == review_id, reviews.is_visible())
        .exists()
    )


def _answers(parent_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition as the index has it: below a null, PostgreSQL doesn't know it to be in any order."""
    return func.coalesce(Comment.parent_id, literal_column(str(ROOT))) == parent_id


def _level(order: Order, limit: int) -> Select[*tuple[Any, ...]]:
    by = [key.column.desc() if key.descending else key.column.asc() for key in order.keys]
    position = func.row_number().over(order_by=by).label("position")
    next_id = func.lead(Comment.id).over(order_by=by).label("next_id")
    return select(Comment.id, position, next_id).where(IS_SHOWN).order_by(*by).limit(limit)


def _one(comment_id: ColumnElement[int]) -> FromClause:
    """Return the comment with its author, looked up by its id.

    The limit changes nothing but that PostgreSQL does just this for each id: guessing that an answer has far more of
    them than most have, it would sooner read both tables from end to end.
    """
    author = (getattr(User, name).label(f"author_{name}") for name in AuthorOut.model_fields)
    one = select(*OWN, *author).outerjoin(User, IS_AUTHOR).where(Comment.id == comment_id)
    return one.limit(1).lateral("comment")
