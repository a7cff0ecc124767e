"""Reviews of deals and comments on them, as rows that are committed."""

from typing import Any, TypeVar

from dealradar.domain.comments.models import Comment
from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction

Row = TypeVar("Row", Review, Comment)


def make_review(deal: Deal, author: User, **columns: Any) -> Review:
    """Return a visible review of *deal* by *author*, of four stars unless *columns* say otherwise."""
    told = {"rating": 4, "title": "Good sound", "body": "They sit well and last a day."} | columns
    return _commit(Review(deal_id=deal.id, author_id=author.id, **told))


def make_comment(under: Review | Comment, author: User, **columns: Any) -> Comment:
    """Return a visible comment on a review, or a reply to another comment."""
    parent_id, review_id = (under.id, under.review_id) if isinstance(under, Comment) else (None, under.id)
    place = {"review_id": review_id, "deal_id": under.deal_id, "parent_id": parent_id}
    return _commit(Comment(author_id=author.id, **place, **{"body": "Do they fold?"} | columns))


def _commit(row: Row) -> Row:
    """Return *row* as it was committed; it doesn't follow later changes."""
    with transaction():
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        db.session.expunge(row)
    return row
