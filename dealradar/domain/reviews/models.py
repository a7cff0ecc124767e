from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import (
    AuthorId,
    Count,
    CreatedAt,
    DealId,
    PrimaryKey,
    ReviewId,
    UpdatedAt,
    one_of,
)
from dealradar.extensions import Base


class ReviewStatus(StrEnum):
    """Whether people see a review."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Review(Base):
    """What one person thinks of one deal; one each."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("deal_id", "author_id"),
        CheckConstraint("rating BETWEEN 1 AND 5", "rating_is_one_to_five"),
        CheckConstraint("char_length(body) BETWEEN 1 AND 10000", "body_length"),
        CheckConstraint(one_of("status", ReviewStatus), "status_is_known"),
        *indexes.of("reviews"),
    )

    id: Mapped[PrimaryKey]
    deal_id: Mapped[DealId]
    author_id: Mapped[AuthorId]
    rating: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), server_default=ReviewStatus.VISIBLE)
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    imported_helpful_count: Mapped[Count]
    helpful_count: Mapped[Count]
    unhelpful_count: Mapped[Count]
    comment_count: Mapped[Count]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class ReviewTally(Base):
    """How many reviews of a deal give so many stars and are in such a state; kept by the triggers of ``tallies.py``.

    It names no deal as a foreign key: when one goes, its reviews are still counted down.
    """

    __tablename__ = "review_tallies"

    deal_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    rating: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)


class ReviewVote(Base):
    """Whether one person found a review helpful; taking it back deletes the row."""

    __tablename__ = "review_votes"
    __table_args__ = indexes.of("review_votes")

    review_id: Mapped[ReviewId] = mapped_column(primary_key=True)
    user_id: Mapped[AuthorId] = mapped_column(primary_key=True)
    helpful: Mapped[bool]
    voted_at: Mapped[CreatedAt]
