from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Double, Integer, PrimaryKeyConstraint, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.domain.columns import CreatedAt, Timestamp, one_of
from dealradar.extensions import Base
from dealradar.rounds import Kind

Sum = Annotated[int, mapped_column(BigInteger)]
Seconds = Annotated[float, mapped_column(Double)]
Gauge = Annotated[int | None, mapped_column(BigInteger)]


class ReadingRow(Base):
    """What one process answered in ten seconds, or, of a while ago, what all did: in all and by route.

    *latencies* are counts by bucket, and *routes* has the same fields as the row, without those that are 0.
    """

    __tablename__ = "readings"
    __table_args__ = (PrimaryKeyConstraint("slot", "process_id"),)

    slot: Mapped[Timestamp]
    process_id: Mapped[UUID] = mapped_column(Uuid)
    requests: Mapped[Sum]
    errors: Mapped[Sum]
    not_modified: Mapped[Sum]
    hits: Mapped[Sum]
    misses: Mapped[Sum]
    stale: Mapped[Sum]
    bypasses: Mapped[Sum]
    statements: Mapped[Sum]
    database_s: Mapped[Seconds]
    duration_s: Mapped[Seconds]
    latencies: Mapped[dict[str, int]] = mapped_column(JSONB)
    routes: Mapped[dict[str, Any]] = mapped_column(JSONB)


class GaugesRow(Base):
    """How the servers did in ten seconds, as the process saw it that came first; null where it couldn't."""

    __tablename__ = "gauge_readings"

    slot: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    redis_memory_bytes: Mapped[Gauge]
    redis_max_memory_bytes: Mapped[Gauge]
    redis_keys: Mapped[Gauge]
    redis_clients: Mapped[Gauge]
    redis_evictions: Mapped[Gauge]
    outbox_rows: Mapped[Gauge]
    outbox_oldest_s: Mapped[float | None] = mapped_column(Double)


class ProcessRow(Base):
    """A process of ours; it is gone from here when it ended in good order. Where beat runs isn't known."""

    __tablename__ = "processes"
    __table_args__ = (CheckConstraint(one_of("kind", Kind), "kind_is_known"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    host: Mapped[str | None] = mapped_column(Text)
    pid: Mapped[int | None] = mapped_column(Integer)
    started_at: Mapped[CreatedAt]
    seen_at: Mapped[CreatedAt]
