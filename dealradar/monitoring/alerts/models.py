from datetime import datetime

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.domain.columns import CreatedAt, PrimaryKey, Timestamp, one_of
from dealradar.extensions import Base
from dealradar.monitoring.alerts.levels import Level


class AlertRow(Base):
    """One time that a signal was bad, from its first bad value until it was good again, and what was said of it.

    *told_level* is what was said last, *untold_since* since when that is no longer how it is.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint(one_of("level", Level), "level_is_known"),
        CheckConstraint(one_of("peak", Level), "peak_is_known"),
        CheckConstraint(one_of("told_level", Level), "told_level_is_known"),
        CheckConstraint("is_firing = (level <> 'ok')", "fires_while_bad"),
        UniqueConstraint("is_firing", "id"),
    )

    id: Mapped[PrimaryKey]
    signal: Mapped[str] = mapped_column(Text)
    is_firing: Mapped[bool] = mapped_column(Boolean)
    level: Mapped[str] = mapped_column(Text)
    peak: Mapped[str] = mapped_column(Text)
    value: Mapped[float | None] = mapped_column(Double)
    detail: Mapped[str] = mapped_column(Text)
    began_at: Mapped[Timestamp]
    fired_at: Mapped[Timestamp]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_level: Mapped[str] = mapped_column(Text, server_default=text("'ok'"))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    untold_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignalState(Base):
    """What is known of a signal (`deciding.State`)."""

    __tablename__ = "alert_states"

    signal: Mapped[str] = mapped_column(Text, primary_key=True)
    warning_is_crossed: Mapped[bool] = mapped_column(Boolean)
    warning_contradicted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    critical_is_crossed: Mapped[bool] = mapped_column(Boolean)
    critical_contradicted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    began_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    measured_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    value: Mapped[float | None] = mapped_column(Double)
    detail: Mapped[str] = mapped_column(Text)
    rises: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))


class SignalValue(Base):
    """What a signal was at a time, for the charts of the last hour."""

    __tablename__ = "alert_values"

    signal: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    value: Mapped[float] = mapped_column(Double)


class SilenceRow(Base):
    """That nobody is to be told of a signal until a time; it is kept when it is over, or was lifted before."""

    __tablename__ = "alert_silences"

    id: Mapped[PrimaryKey]
    signal: Mapped[str] = mapped_column(Text)
    until: Mapped[Timestamp]
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Turn(Base):
    """When something was last done that one process at a time does, now this one and now that."""

    __tablename__ = "alert_turns"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    taken_at: Mapped[Timestamp]
