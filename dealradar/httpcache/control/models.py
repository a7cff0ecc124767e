from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.domain.columns import CreatedAt, PrimaryKey
from dealradar.extensions import Base


class CacheJob(Base):
    """Work on the cache that somebody asked for and a worker does, with how far it is."""

    __tablename__ = "cache_jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('invalidate', 'warm')", "kind_is_known"),
        CheckConstraint("state IN ('queued', 'running', 'done')", "state_is_known"),
        Index("idx_cache_jobs_open", "id", postgresql_where=text("state <> 'done'")),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    patterns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    paths: Mapped[list[str]] = mapped_column(ARRAY(Text))
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    cursor: Mapped[str] = mapped_column(Text, server_default=text("'0'"))
    scanned: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    removed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    warmed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    failed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
