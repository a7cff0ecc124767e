from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from dealradar.domain import deals, reviews, users
from dealradar.domain.comments.columns import AUTHOR, IS_AUTHOR, IS_VISIBLE, OWN
from dealradar.domain.comments.models import Comment, CommentStatus
from dealradar.domain.comments.shapes import CommentBrief, CommentOut
from dealradar.domain.deals.models import Deal
from dealradar.domain.errors import NotFoundError
from dealradar.domain.pages import Key, Listing, Order, Window
from dealradar.domain.reviews.models import Review
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users.models import User
from dealradar.extensions import db

EXCERPT_LENGTH: Final = 140
NEWEST: Final = Order("newest", (Key(Comment.created_at), Key(Comment.id)))

ALL_VISIBLE: Final[Select[*tuple[Any, ...]]] = (
    select(*OWN, AUTHOR)
    .join(Review, Review.id == Comment.review_id)
    .join(Deal, Deal.id == Comment.deal_id)
    .join(User, IS_AUTHOR)
    .where(IS_VISIBLE, reviews.IS_VISIBLE)
)
"""Every comment that people see, with all that a CommentOut carries; made once, like what is made of it."""


def absent(comment_id: int) -> NotFoundError:
    """Return the error that there is no such comment."""
    return NotFoundError(f"There is no comment {comment_id}.")


def get(comment_id: int, *, for_update: bool = False) -> CommentOut:
    """Return the comment; *for_update* keeps its whole thread from changing until the transaction ends.

    Raises:
        NotFoundError: There is no such comment, or it may not be seen.
    """
    if for_update:
        lock_thread(comment_id)
    row = db.session.execute(ALL_VISIBLE.where(Comment.id == comment_id)).one_or_none()
    if row is None:
        raise absent(comment_id)
    return CommentOut.model_validate(row)


def lock_thread(comment_id: int) -> None:
    """Keep the thread of the comment from changing until the transaction ends.

    The lock is that of the review's row, which each change of the thread takes before any other, so that replies,
    deletions and the counters that follow them come one after another. It doesn't hinder what merely refers to the row.

    Raises:
        NotFoundError: There is no such comment.
    """
    thread = select(Review.id).join(Comment, Comment.review_id == Review.id).where(Comment.id == comment_id)
    if db.session.scalar(thread.with_for_update(of=Review, key_share=True)) is None:
        raise absent(comment_id)


def of_deal(deal_id: int, query: ListQuery) -> Page[CommentOut]:
    """Return a page of all comments on the reviews of one deal, the newest first.

    Raises:
        NotFoundError: There is no such deal, or it may not be seen.
        BadCursorError: The cursor is not of this list.
    """
    page = _page(Comment.deal_id, deal_id, f"comments@deal:{deal_id}", query)
    if not page.items:  # what belongs to a deal that isn't seen isn't either
        deals.ensure_visible(deal_id)
    return page


def of_user(user_id: int, query: ListQuery) -> Page[CommentOut]:
    """Return a page of the comments that one person wrote, the newest first.

    Raises:
        NotFoundError: There is no such person.
        BadCursorError: The cursor is not of this list.
    """
    page = _page(Comment.author_id, user_id, f"comments@user:{user_id}", query)
    if not page.items:
        users.get(user_id)
    return page


def author_of(comment_id: int) -> int:
    """Return the id of who wrote the comment, visible or not.

    Raises:
        NotFoundError: There is no such comment.
    """
    author_id = db.session.scalar(select(Comment.author_id).where(Comment.id == comment_id))
    if author_id is None:
        raise absent(comment_id)
    return author_id


def briefs(comment_ids: Collection[int]) -> Mapping[int, CommentBrief]:
    """Return those of the comments that are there, visible or not, in short."""
    excerpt = func.left(Comment.body, EXCERPT_LENGTH)
    found = select(Comment.id, Comment.author_id, excerpt, Comment.status).where(Comment.id.in_(comment_ids))
    return {
        comment_id: CommentBrief(author_id, text, CommentStatus(status))
        for comment_id, author_id, text, status in db.session.execute(found)
    }


def _page(belongs: InstrumentedAttribute[int], owner_id: int, scope: str, query: ListQuery) -> Page[CommentOut]:
    window = Window(scope=scope, limit=query.limit, cursor=query.cursor)
    return _listing(belongs).fetch(db.session(), window, {"owner_id": owner_id})


@cache
def _listing(belongs: InstrumentedAttribute[int]) -> Listing[CommentOut]:
    return Listing(CommentOut, ALL_VISIBLE.where(belongs == bindparam("owner_id")), NEWEST)
