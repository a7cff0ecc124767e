"""The last hour of each signal, a value for each half minute."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from dealradar.extensions import db
from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.models import SignalValue
from dealradar.monitoring.alerts.signals import Signal

STEP_S: Final = 30
SHOWN: Final = timedelta(hours=1)

History = tuple[tuple[datetime, float | None], ...]


def slot(at: datetime) -> datetime:
    """Return the half minute that *at* is in."""
    return at - timedelta(seconds=at.second % STEP_S, microseconds=at.microsecond)


def keep(measurements: Iterable[Measurement], *, now: datetime) -> None:
    """Keep the first values of each half minute, and forget those of more than an hour ago; the caller commits."""
    rows = [
        {"signal": one.signal, "at": slot(now), "value": one.value} for one in measurements if one.value is not None
    ]
    if rows:
        db.session.execute(insert(SignalValue).values(rows).on_conflict_do_nothing())
    if now - slot(now) < timedelta(seconds=STEP_S / 2):
        db.session.execute(delete(SignalValue).where(SignalValue.at < now - SHOWN))


def last_hour(signals: Iterable[Signal], *, now: datetime) -> Mapping[Signal, History]:
    """Return the values of *signals*, oldest first, with None where there was none for a half minute or more."""
    wanted = list(dict.fromkeys(signals))
    rows = db.session.execute(
        select(SignalValue.signal, SignalValue.at, SignalValue.value).where(
            SignalValue.signal.in_(wanted), SignalValue.at >= slot(now - SHOWN)
        )
    )
    known = {(signal, at): value for signal, at, value in rows}
    slots = [
        slot(now) - timedelta(seconds=STEP_S * back) for back in reversed(range(int(SHOWN.total_seconds()) // STEP_S))
    ]
    return {signal: tuple((at, known.get((signal, at))) for at in slots) for signal in wanted}
