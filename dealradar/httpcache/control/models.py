from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, DateTime, Double, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import CreatedAt, PrimaryKey
from dealradar.extensions import Base


class CacheJob(Base):
    """Work on the cache that somebody asked for and a worker does, with how far it is."""

    __tablename__ = "cache_jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('invalidate', 'warm')", "kind_is_known"),
        CheckConstraint("state IN ('queued', 'running', 'done')", "state_is_known"),
        *indexes.of("cache_jobs"),
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


class PolicyOverride(Base):
    """How one endpoint's policy differs from the declared one; without a life of its own it keeps the declared."""

    __tablename__ = "cache_policies"
    __table_args__ = (CheckConstraint("ttl_s BETWEEN 1 AND 86400", "ttl_is_an_entry_s"),)

    endpoint: Mapped[str] = mapped_column(Text, primary_key=True)
    ttl_s: Mapped[int | None] = mapped_column(Integer)
    is_enabled: Mapped[bool] = mapped_column(Boolean)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[CreatedAt]


class PolicyChange(Base):
    """What somebody changed of a policy, and what it was before; never changed itself."""

    __tablename__ = "cache_policy_changes"

    id: Mapped[PrimaryKey]
    endpoint: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    ttl_s_before: Mapped[int | None] = mapped_column(Integer)
    was_enabled: Mapped[bool] = mapped_column(Boolean)
    ttl_s: Mapped[int | None] = mapped_column(Integer)
    is_enabled: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[CreatedAt]


class HotPage(Base):
    """A public path that people ask for, with its query, and how often they did lately, as of when it was last seen.

    *worth* is which part of what was warmed of it earned a hit. While an entry is there that the run *run_id* has
    warmed, *hits_before* is how many hits its key had then.
    """

    __tablename__ = "hot_pages"
    __table_args__ = (CheckConstraint("worth BETWEEN 0 AND 1", "worth_is_a_part"),)

    path: Mapped[str] = mapped_column(Text, primary_key=True)
    demand: Mapped[float] = mapped_column(Double)
    seen_at: Mapped[CreatedAt]
    worth: Mapped[float] = mapped_column(Double, server_default=text("1"))
    cost_s: Mapped[float | None] = mapped_column(Double)
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    hits_before: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class WarmRun(Base):
    """One run of warming that made something, and which hits its entries have earned by the time that they went."""

    __tablename__ = "warm_runs"
    __table_args__ = (CheckConstraint("trigger IN ('upkeep', 'loss')", "trigger_is_known"),)

    id: Mapped[PrimaryKey]
    trigger: Mapped[str] = mapped_column(Text)
    started_at: Mapped[CreatedAt]
    duration_s: Mapped[float] = mapped_column(Double)
    warmed: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[dict[str, int]] = mapped_column(JSONB)
    gone: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    earned_hits: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
