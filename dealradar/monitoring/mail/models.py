from dataclasses import fields
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.domain.columns import PrimaryKey, Timestamp, one_of
from dealradar.extensions import Base
from dealradar.monitoring.mail.letters import Letter
from dealradar.monitoring.mail.mails import Progress, State


class MailRow(Base):
    """One mail to one recipient (`letters.Letter`), and how far it has come (`mails.Progress`)."""

    __tablename__ = "mails"
    __table_args__ = (CheckConstraint(one_of("state", State), "state_is_known"),)

    id: Mapped[PrimaryKey]
    message_id: Mapped[str] = mapped_column(Text, unique=True)
    batch: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    queued_at: Mapped[Timestamp]
    due_at: Mapped[Timestamp]
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    first_failed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str] = mapped_column(Text, server_default=text("''"))

    @property
    def letter(self) -> Letter:
        """What is sent."""
        return Letter(**{each.name: getattr(self, each.name) for each in fields(Letter)})

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(**{each.name: getattr(self, each.name) for each in fields(Progress)})

    def advance(self, progress: Progress) -> None:
        """Note how far it has come; the caller commits."""
        for each in fields(Progress):
            setattr(self, each.name, getattr(progress, each.name))
