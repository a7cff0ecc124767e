from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import (
    AuthorId,
    CommentId,
    Count,
    CreatedAt,
    DealId,
    PrimaryKey,
    ReviewId,
    UpdatedAt,
    one_of,
)
from dealradar.extensions import Base


class CommentStatus(StrEnum):
    """Whether people see a comment; the last two stay as tombstones where they have replies."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    DELETED = "deleted"


class Comment(Base):
    """Something said about a review, or in reply to another comment of the same review."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("char_length(body) BETWEEN 1 AND 5000", "body_length"),
        CheckConstraint("parent_id <> id", "not_its_own_parent"),
        CheckConstraint(one_of("status", CommentStatus), "status_is_known"),
        CheckConstraint("(status = 'deleted') = (deleted_at IS NOT NULL)", "deleted_has_its_time"),
        *indexes.of("comments"),
    )

    id: Mapped[PrimaryKey]
    review_id: Mapped[ReviewId]
    deal_id: Mapped[DealId]
    author_id: Mapped[AuthorId]
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("comments.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), server_default=CommentStatus.VISIBLE)
    upvote_count: Mapped[Count]
    downvote_count: Mapped[Count]
    reply_count: Mapped[Count]
    score: Mapped[int] = mapped_column(Integer, Computed("upvote_count - downvote_count", persisted=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CommentVote(Base):
    """One person's vote on one comment; taking it back deletes the row."""

    __tablename__ = "comment_votes"
    __table_args__ = (
        CheckConstraint("value IN (-1, 1)", "value_is_a_vote"),
        *indexes.of("comment_votes"),
    )

    comment_id: Mapped[CommentId] = mapped_column(primary_key=True)
    user_id: Mapped[AuthorId] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    voted_at: Mapped[CreatedAt]
