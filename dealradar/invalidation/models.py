from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Integer,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.extensions import Base


class OwedBump(Base):
    """One tag that a committed transaction made stale, and which targets have been told.

    Triggers write it in the writing transaction, each tag once (ADR 0003). Once every target has it, it is kept for the
    replay window (ADR 0035).
    """

    __tablename__ = "cache_outbox"
    __table_args__ = (
        CheckConstraint(
            "char_length(tag) <= 250 AND tag ~ '^[A-Za-z0-9._~%!$&''()+,;=@/:-]+$'", "tag_is_fit_for_a_key"
        ),
        CheckConstraint("kind BETWEEN 0 AND 2", "kind_is_known"),
        *indexes.of("cache_outbox"),
    )

    transaction_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    tag: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    kind: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    delivered_to: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RestingTarget(Base):
    """A target that is left alone for now, being told, having been told lately, or after failures, and until when."""

    __tablename__ = "cache_targets"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    retry_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str] = mapped_column(Text)
