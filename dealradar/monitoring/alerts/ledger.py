"""The alerts there are and were: what became of each, and what was told of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update

from dealradar.domain.errors import ConflictError, NotFoundError
from dealradar.extensions import db
from dealradar.monitoring.alerts.deciding import State, Transition
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.models import AlertRow
from dealradar.monitoring.alerts.signals import Signal

KEPT: Final = timedelta(days=90)
_PLAIN: Final = (
    *("id", "value", "detail", "began_at", "fired_at", "ended_at"),
    *("acknowledged_by", "acknowledged_at", "untold_since"),
)


@dataclass(frozen=True)
class Told:
    """What was said of an alert last, when, and how often something was."""

    level: Level = Level.OK
    at: datetime | None = None
    count: int = 0


@dataclass(frozen=True)
class Alert:
    """One time that a signal was bad.

    Attributes:
        level: How bad it is now; *peak* how bad it ever was.
        began_at: When its values became bad; *fired_at* when that had lasted long enough to count.
        ended_at: Since when they are good again, once that has lasted.
        untold_since: Since when it is another thing than was told.
    """

    id: int
    signal: Signal
    level: Level
    peak: Level
    value: float | None
    detail: str
    began_at: datetime
    fired_at: datetime
    ended_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    told: Told = Told()
    untold_since: datetime | None = None


def record(signal: Signal, state: State, transition: Transition, *, now: datetime) -> None:
    """Write down what became of *signal*, which is now as *state* says; the caller holds the states, and commits.

    What fires again before anybody was told that it was over is the same alert.
    """
    last = _last(signal)
    if last is None or not (last.is_firing or last.told_level != Level.OK):
        db.session.add(_begun(signal, state, now))
        return
    last.level, last.is_firing = state.level, state.level is not Level.OK
    last.peak = max(Level(last.peak), state.level, key=lambda level: level.rank)
    last.value, last.detail = state.value, state.detail
    last.ended_at = None if last.is_firing else transition.since
    if state.level == last.told_level:
        last.untold_since = None
    elif last.untold_since is None:
        last.untold_since = now
    if transition.after.rank > transition.before.rank:
        last.acknowledged_by = last.acknowledged_at = None


def adopt(signal: Signal, state: State, told: Told, *, now: datetime) -> bool:
    """Enter an alert that fired, and was told, while it couldn't be written down; the caller commits.

    Return False, and enter nothing, if one is known that was going on then.
    """
    began_at = state.began_at or now
    last = _last(signal)
    if last is not None and (last.ended_at is None or last.ended_at >= began_at):
        return False
    row = _begun(signal, state, state.changed_at or now)
    row.told_level, row.told_at, row.told_count, row.untold_since = told.level, told.at, told.count, None
    db.session.add(row)
    return True


def pending(known: Mapping[Signal, State]) -> Sequence[Alert]:
    """Return those that fire, or that something is still to be told of, the oldest first.

    Those that fire get the values of what is *known*; the caller holds the states, and commits.
    """
    wanted = or_(AlertRow.is_firing, AlertRow.told_level != AlertRow.level)
    asked = select(AlertRow).where(wanted, AlertRow.signal.in_(list(Signal))).order_by(AlertRow.id)
    rows = db.session.scalars(asked.with_for_update()).all()
    for row in rows:
        state = known[Signal(row.signal)]
        if row.is_firing and state.value is not None:
            row.value, row.detail = state.value, state.detail
    return [alert_of(row) for row in rows]


def note_told(alerts: Iterable[Alert], *, now: datetime) -> None:
    """Note that it was told how *alerts* are; the caller commits."""
    told = {"told_level": AlertRow.level, "told_at": now, "told_count": AlertRow.told_count + 1, "untold_since": None}
    db.session.execute(update(AlertRow).where(AlertRow.id.in_([alert.id for alert in alerts])).values(told))


def acknowledge(alert_id: int, *, by: str, now: datetime) -> Alert:
    """Note that *by* looks after an alert: no reminder of it is sent unless it gets worse. The caller commits.

    Raises:
        NotFoundError: There is no such alert.
        ConflictError: It is over.
    """
    row = db.session.get(AlertRow, alert_id, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no such alert; those of a quarter of a year ago are forgotten.")
    if not row.is_firing:
        raise ConflictError("It is over; there is nothing to acknowledge.")
    if row.acknowledged_at is None:
        row.acknowledged_by, row.acknowledged_at = by, now
    return alert_of(row)


def forget(*, now: datetime) -> None:
    """Delete what has been over for `KEPT`; the caller commits."""
    db.session.execute(delete(AlertRow).where(~AlertRow.is_firing, AlertRow.ended_at < now - KEPT))


def alert_of(row: AlertRow) -> Alert:
    """Return what *row* says."""
    told = Told(Level(row.told_level), row.told_at, row.told_count)
    plain = {name: getattr(row, name) for name in _PLAIN}
    return Alert(signal=Signal(row.signal), level=Level(row.level), peak=Level(row.peak), told=told, **plain)


def _last(signal: Signal) -> AlertRow | None:
    newest = select(AlertRow).where(AlertRow.signal == signal).order_by(AlertRow.id.desc()).limit(1)
    return db.session.scalars(newest.with_for_update()).one_or_none()


def _begun(signal: Signal, state: State, now: datetime) -> AlertRow:
    return AlertRow(
        signal=signal,
        is_firing=True,
        level=state.level,
        peak=state.level,
        value=state.value,
        detail=state.detail,
        began_at=state.began_at or now,
        fired_at=now,
        untold_since=now,
    )
