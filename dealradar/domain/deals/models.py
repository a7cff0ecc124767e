from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import AuthorId, Count, CreatedAt, DealId, PrimaryKey, UpdatedAt, one_of
from dealradar.extensions import Base

HALF_LIFE_S: Final = 45_000
"""A deal this much younger ranks like one with ten times the score."""


class DealStatus(StrEnum):
    """Where a deal is in its life; the last two are seen by nobody."""

    ACTIVE = "active"
    EXPIRED = "expired"
    HIDDEN = "hidden"
    REMOVED = "removed"


VISIBLE: Final = (DealStatus.ACTIVE, DealStatus.EXPIRED)
"""The statuses of the deals that people see."""


class Deal(Base):
    """Something worth buying, at a price, for a time."""

    __tablename__ = "deals"
    __table_args__ = (
        CheckConstraint("price_cents >= 0", "price_is_not_negative"),
        CheckConstraint("list_price_cents IS NULL OR list_price_cents >= 0", "list_price_is_not_negative"),
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at", "ends_after_start"),
        CheckConstraint(one_of("status", DealStatus), "status_is_known"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 200", "title_length"),
        *indexes.of("deals"),
    )

    id: Mapped[PrimaryKey]
    author_id: Mapped[AuthorId]
    merchant_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("merchants.id", ondelete="SET NULL"))
    category_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("categories.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, server_default="")
    url: Mapped[str | None] = mapped_column(String(2000))
    price_cents: Mapped[int] = mapped_column(Integer)
    list_price_cents: Mapped[int | None] = mapped_column(Integer)
    coupon_code: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), server_default=DealStatus.ACTIVE)
    starts_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    upvote_count: Mapped[Count]
    downvote_count: Mapped[Count]
    bookmark_count: Mapped[Count]
    review_count: Mapped[Count]
    rating_sum: Mapped[Count]
    comment_count: Mapped[Count]
    score: Mapped[int] = mapped_column(Integer, Computed("upvote_count - downvote_count", persisted=True))
    rating_avg: Mapped[Decimal | None] = mapped_column(
        Numeric(3, 2), Computed("round(rating_sum::numeric / nullif(review_count, 0), 2)", persisted=True)
    )
    discount_ratio: Mapped[float] = mapped_column(
        Float,
        Computed(
            "CASE WHEN list_price_cents > price_cents"
            " THEN 1 - price_cents::double precision / list_price_cents ELSE 0 END",
            persisted=True,
        ),
    )
    hot_score: Mapped[float] = mapped_column(
        Float,
        Computed(
            "sign(upvote_count - downvote_count)"
            " * log(greatest(abs(upvote_count - downvote_count), 1))::double precision"
            f" + extract(epoch FROM created_at - to_timestamp(0))::double precision / {HALF_LIFE_S}",
            persisted=True,
        ),
    )
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')",
            persisted=True,
        ),
        deferred=True,
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class PriceChange(Base):
    """A price that a deal had from a moment on."""

    __tablename__ = "price_changes"
    __table_args__ = (
        CheckConstraint("price_cents >= 0", "price_is_not_negative"),
        *indexes.of("price_changes"),
    )

    id: Mapped[PrimaryKey]
    deal_id: Mapped[DealId]
    price_cents: Mapped[int] = mapped_column(Integer)
    list_price_cents: Mapped[int | None] = mapped_column(Integer)
    changed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="SET NULL"))
    changed_at: Mapped[CreatedAt]


class DealVote(Base):
    """One person's vote on one deal; taking it back deletes the row."""

    __tablename__ = "deal_votes"
    __table_args__ = (
        CheckConstraint("value IN (-1, 1)", "value_is_a_vote"),
        *indexes.of("deal_votes"),
    )

    deal_id: Mapped[DealId] = mapped_column(primary_key=True)
    user_id: Mapped[AuthorId] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    voted_at: Mapped[CreatedAt]


class Bookmark(Base):
    """A deal that one person keeps for later; nobody else sees it."""

    __tablename__ = "bookmarks"
    __table_args__ = indexes.of("bookmarks")

    deal_id: Mapped[DealId] = mapped_column(primary_key=True)
    user_id: Mapped[AuthorId] = mapped_column(primary_key=True)
    created_at: Mapped[CreatedAt]
