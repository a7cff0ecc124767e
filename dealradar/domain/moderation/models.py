from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import CreatedAt, PrimaryKey
from dealradar.extensions import Base


class LogAction(StrEnum):
    """What a moderator can have done: acted on what somebody wrote, or on a report itself."""

    EDIT = "edit"
    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    BAN = "ban"
    NONE = "none"
    REOPEN = "reopen"
    TRIAGE = "triage"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    EXPLAIN = "explain"


class LogEntry(Base):
    """What a moderator did, to what, when and why; it outlives its target and is never changed."""

    __tablename__ = "moderation_log"
    __table_args__ = (*indexes.of("moderation_log"),)

    id: Mapped[PrimaryKey]
    moderator_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="SET NULL"))
    report_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("reports.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(32))
    target_type: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
