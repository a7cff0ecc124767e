from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import AuthorId, CreatedAt, PrimaryKey, one_of
from dealradar.extensions import Base

UNREAD_VOTE: Final = text("kind = 'vote' AND read_at IS NULL")


class Kind(StrEnum):
    """What happened."""

    REPLY = "reply"
    VOTE = "vote"
    REPORT_OUTCOME = "report_outcome"
    WARNING = "warning"


class Notification(Base):
    """Something that one person should know."""

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), "kind_is_known"),
        Index(
            "uq_notifications_unread_vote",
            "user_id",
            "subject_type",
            "subject_id",
            unique=True,
            postgresql_where=UNREAD_VOTE,
        ),
        *indexes.of("notifications"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[AuthorId]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(24))
    subject_type: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
