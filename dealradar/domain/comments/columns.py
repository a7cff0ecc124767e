"""What statements select of comments: all that a CommentOut carries, and nothing of what may not be seen."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, or_
from sqlalchemy.orm import Bundle

from dealradar.domain.comments.models import Comment, CommentStatus
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User

IS_VISIBLE: Final[ColumnElement[bool]] = Comment.status == CommentStatus.VISIBLE
IS_SHOWN: Final[ColumnElement[bool]] = or_(IS_VISIBLE, Comment.reply_count > 0)
"""Whether a comment has a place in its thread, as itself or as a tombstone above what is shown below it."""

IS_AUTHOR: Final[ColumnElement[bool]] = and_(User.id == Comment.author_id, IS_VISIBLE)
"""How authors are joined; from outside where there may be tombstones, which have none."""

OWN: Final[tuple[Any, ...]] = (
    Comment.id,
    Comment.review_id,
    Comment.deal_id,
    Comment.parent_id,
    case((IS_VISIBLE, Comment.body), else_="").label("body"),
    Comment.score,
    Comment.upvote_count,
    Comment.downvote_count,
    Comment.reply_count,
    (~IS_VISIBLE).label("deleted"),
    Comment.created_at,
    Comment.updated_at,
)
AUTHOR: Final[Bundle[Any]] = Bundle("author", *(getattr(User, name) for name in AuthorOut.model_fields))
