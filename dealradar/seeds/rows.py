"""The rows of a made-up community, as COPY takes them: each kind is a table, its fields are columns.

What is counted is not among them: that is done once, when all are there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple


class UserRow(NamedTuple):
    """A person."""

    id: int
    username: str
    email: str | None
    password_hash: str | None
    display_name: str
    role: str
    standing: str
    created_at: datetime
    updated_at: datetime


class MerchantRow(NamedTuple):
    """A shop."""

    id: int
    slug: str
    name: str
    url: str
    created_at: datetime


class CategoryRow(NamedTuple):
    """A kind of goods."""

    id: int
    slug: str
    name: str
    parent_id: int | None
    created_at: datetime


class DealRow(NamedTuple):
    """A deal."""

    id: int
    author_id: int
    merchant_id: int
    category_id: int
    title: str
    description: str
    url: str
    price_cents: int
    list_price_cents: int | None
    coupon_code: str | None
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    created_at: datetime
    updated_at: datetime


class PriceChangeRow(NamedTuple):
    """A price that a deal had from a moment on."""

    id: int
    deal_id: int
    price_cents: int
    list_price_cents: int | None
    changed_by_id: int
    changed_at: datetime


class DealVoteRow(NamedTuple):
    """A vote on a deal."""

    deal_id: int
    user_id: int
    value: int
    voted_at: datetime


class BookmarkRow(NamedTuple):
    """A deal that somebody keeps for later."""

    deal_id: int
    user_id: int
    created_at: datetime


class ReviewRow(NamedTuple):
    """A review."""

    id: int
    deal_id: int
    author_id: int
    rating: int
    title: str | None
    body: str
    status: str
    created_at: datetime
    updated_at: datetime


class ReviewVoteRow(NamedTuple):
    """A vote on a review."""

    review_id: int
    user_id: int
    helpful: bool
    voted_at: datetime


class CommentRow(NamedTuple):
    """A comment."""

    id: int
    review_id: int
    deal_id: int
    author_id: int
    parent_id: int | None
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class CommentVoteRow(NamedTuple):
    """A vote on a comment."""

    comment_id: int
    user_id: int
    value: int
    voted_at: datetime


class ReportRow(NamedTuple):
    """A report."""

    id: int
    reporter_id: int
    target_type: str
    deal_id: int | None
    review_id: int | None
    comment_id: int | None
    user_id: int | None
    reason: str
    details: str | None
    status: str
    assignee_id: int | None
    resolution: str | None
    action: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class LogRow(NamedTuple):
    """A line of the moderation log."""

    id: int
    moderator_id: int
    report_id: int
    action: str
    target_type: str
    target_id: int
    note: str | None
    created_at: datetime


class NotificationRow(NamedTuple):
    """A notification."""

    id: int
    user_id: int
    actor_id: int | None
    kind: str
    subject_type: str
    subject_id: int
    message: str
    created_at: datetime
    read_at: datetime | None


TABLES: Final[Mapping[type[NamedTuple], str]] = {
    UserRow: "users",
    MerchantRow: "merchants",
    CategoryRow: "categories",
    DealRow: "deals",
    PriceChangeRow: "price_changes",
    DealVoteRow: "deal_votes",
    BookmarkRow: "bookmarks",
    ReviewRow: "reviews",
    ReviewVoteRow: "review_votes",
    CommentRow: "comments",
    CommentVoteRow: "comment_votes",
    ReportRow: "reports",
    LogRow: "moderation_log",
    NotificationRow: "notifications",
}
"""The table of each kind of row, in an order in which every row finds what it refers to."""
