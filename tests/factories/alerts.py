"""Alerts and silences for tests, as rows that are committed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.monitoring.alerts import silences
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.models import AlertRow
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.silences import Silence


def make_alert(signal: Signal = Signal.OUTBOX_OLDEST, level: Level = Level.WARNING, **columns: Any) -> AlertRow:
    """Return an alert that fires since a minute ago, or that is over where *level* is ok."""
    now = datetime.now(UTC)
    began_at = now - timedelta(minutes=1)
    told = {"peak": Level.WARNING, "value": 45.0, "detail": "as found", "began_at": began_at, "fired_at": now}
    over = {"ended_at": now} if level is Level.OK else {}
    row = AlertRow(signal=signal, level=level, is_firing=level is not Level.OK, **(told | over | columns))
    with transaction():
        db.session.add(row)
    db.session.refresh(row)
    return row


def make_silence(signal: Signal = Signal.DISK_FREE) -> Silence:
    """Return a silence of an hour."""
    with transaction():
        return silences.add(signal, until=datetime.now(UTC) + timedelta(hours=1), reason="it is known", by="user:1")
