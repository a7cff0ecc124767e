from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.domain.columns import PrimaryKey
from dealradar.extensions import Base


class OwedBump(Base):
    """One tag that a committed transaction made stale and whose invalidation is not delivered yet.

    Rows are written by triggers alone, in the writing transaction (ADR 0003).
    """

    __tablename__ = "cache_outbox"
    __table_args__ = (Index("idx_cache_outbox_transaction", "transaction_id"),)

    id: Mapped[PrimaryKey]
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    tag: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
