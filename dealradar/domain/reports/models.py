from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import AuthorId, CreatedAt, PrimaryKey, UpdatedAt, one_of
from dealradar.extensions import Base


class TargetType(StrEnum):
    """What a report can be about."""

    DEAL = "deal"
    REVIEW = "review"
    COMMENT = "comment"
    USER = "user"


class Reason(StrEnum):
    """What is wrong with it."""

    SPAM = "spam"
    ABUSE = "abuse"
    FAKE = "fake"
    EXPIRED = "expired"
    DUPLICATE = "duplicate"
    ILLEGAL = "illegal"
    OTHER = "other"


class ReportStatus(StrEnum):
    """Where a report is in its life; the last two are its ends."""

    OPEN = "open"
    TRIAGED = "triaged"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Action(StrEnum):
    """What a moderator did about the target."""

    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    BAN = "ban"
    NONE = "none"


OPEN: Final = (ReportStatus.OPEN, ReportStatus.TRIAGED)
"""The statuses of the reports that wait for somebody."""

CLOSED: Final = (ReportStatus.RESOLVED, ReportStatus.DISMISSED)
"""The statuses of the reports that nobody has to look at any more."""

_OPEN = "status IN ('open', 'triaged')"


class Report(Base):
    """One person's word that something is wrong; ends with its target."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("num_nonnulls(deal_id, review_id, comment_id, user_id) = 1", "has_one_target"),
        CheckConstraint(one_of("target_type", TargetType), "target_type_is_known"),
        CheckConstraint(
            "target_type = CASE WHEN deal_id IS NOT NULL THEN 'deal' WHEN review_id IS NOT NULL THEN 'review'"
            " WHEN comment_id IS NOT NULL THEN 'comment' ELSE 'user' END",
            "target_type_fits_target",
        ),
        CheckConstraint(one_of("reason", Reason), "reason_is_known"),
        CheckConstraint(one_of("status", ReportStatus), "status_is_known"),
        CheckConstraint(f"action IS NULL OR {one_of('action', Action)}", "action_is_known"),
        CheckConstraint("(status IN ('resolved', 'dismissed')) = (closed_at IS NOT NULL)", "closed_has_its_time"),
        Index("uq_reports_open_deal", "reporter_id", "deal_id", unique=True, postgresql_where=_OPEN),
        Index("uq_reports_open_review", "reporter_id", "review_id", unique=True, postgresql_where=_OPEN),
        Index("uq_reports_open_comment", "reporter_id", "comment_id", unique=True, postgresql_where=_OPEN),
        Index("uq_reports_open_user", "reporter_id", "user_id", unique=True, postgresql_where=_OPEN),
        *indexes.of("reports"),
    )

    id: Mapped[PrimaryKey]
    reporter_id: Mapped[AuthorId]
    target_type: Mapped[str] = mapped_column(String(16))
    deal_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("deals.id", ondelete="CASCADE"))
    review_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("reviews.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("comments.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(16))
    details: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), server_default=ReportStatus.OPEN)
    assignee_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="SET NULL"))
    resolution: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ReportTally(Base):
    """How many reports there are of a status for a reason; kept by the triggers of ``tallies.py``."""

    __tablename__ = "report_tallies"

    status: Mapped[str] = mapped_column(String(16), primary_key=True)
    reason: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
