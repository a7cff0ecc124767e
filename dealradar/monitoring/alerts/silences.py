"""Of which signals nobody is to be told for a time, by whose wish and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from dealradar.domain.errors import NotFoundError
from dealradar.extensions import db
from dealradar.monitoring.alerts.models import SilenceRow
from dealradar.monitoring.alerts.signals import Signal

KEPT: Final = timedelta(days=90)


@dataclass(frozen=True)
class Silence:
    """That nobody is to be told of *signal* before *until*."""

    id: int
    signal: Signal
    until: datetime
    reason: str
    created_by: str
    created_at: datetime


def add(signal: Signal, *, until: datetime, reason: str, by: str) -> Silence:
    """Let nobody be told of *signal* before *until*; the caller commits.

    It is measured and decided as ever. What is bad at the end, or no longer bad though it was told, is told then.
    """
    row = SilenceRow(signal=signal, until=until, reason=reason, created_by=by)
    db.session.add(row)
    db.session.flush()
    return _silence(row)


def lift(silence_id: int, *, by: str, now: datetime) -> None:
    """End a silence before its time; the caller commits.

    Raises:
        NotFoundError: There is no such silence, or no longer.
    """
    row = db.session.get(SilenceRow, silence_id, with_for_update=True)
    if row is None or row.lifted_at is not None or row.until <= now:
        raise NotFoundError("There is no such silence, or it is over.")
    row.lifted_by, row.lifted_at = by, now


def in_force(now: datetime) -> Sequence[Silence]:
    """Return the silences that hold *now*, those that last longest first."""
    holding = (SilenceRow.until > now, SilenceRow.lifted_at.is_(None), SilenceRow.signal.in_(list(Signal)))
    rows = db.session.scalars(select(SilenceRow).where(*holding).order_by(SilenceRow.until.desc(), SilenceRow.id))
    return [_silence(row) for row in rows]


def forget(*, now: datetime) -> None:
    """Delete what has been over for `KEPT`; the caller commits."""
    db.session.execute(delete(SilenceRow).where(SilenceRow.until < now - KEPT))


def _silence(row: SilenceRow) -> Silence:
    return Silence(row.id, Signal(row.signal), row.until, row.reason, row.created_by, row.created_at)
