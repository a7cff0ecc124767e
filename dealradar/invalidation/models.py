from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.extensions import Base


class OwedBump(Base):
    """One tag that a committed transaction made stale and whose invalidation is not delivered yet.

    Triggers write it in the writing transaction, each tag once (ADR 0003).
    """

    __tablename__ = "cache_outbox"
    __table_args__ = (
        CheckConstraint(
            "char_length(tag) <= 250 AND tag ~ '^[A-Za-z0-9._~%!$&''()+,;=@/:-]+$'", "tag_is_fit_for_a_key"
        ),
    )

    transaction_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    tag: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
