"""Who is to be told what, given what was told before: a comparison, so that nothing is told twice or forgotten."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dealradar.alert_settings import AlertSettings
from dealradar.monitoring.alerts.ledger import Alert
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.mail.notices import Kind


@dataclass(frozen=True)
class Pace:
    """For how long what is to be told is gathered, and when what was told is told again."""

    group: timedelta
    reminder: timedelta

    @classmethod
    def of(cls, settings: AlertSettings) -> "Pace":
        """Return what *settings* say."""
        return cls(timedelta(seconds=settings.alert_group_s), timedelta(seconds=settings.alert_reminder_s))


@dataclass(frozen=True)
class Telling:
    """That it is to be told of *alert* that it is as it is, as *kind*."""

    alert: Alert
    kind: Kind


def due(alerts: Iterable[Alert], silenced: Collection[Signal], pace: Pace, *, now: datetime) -> tuple[Telling, ...]:
    """Return what is to be told now, in one mail.

    As soon as one difference between what is and what was told has waited for the time to gather, all are told.
    """
    heard = [alert for alert in alerts if alert.signal not in silenced]
    changed = [Telling(alert, _kind(alert)) for alert in heard if alert.level is not alert.told.level]
    reminders = [Telling(alert, Kind.REMINDER) for alert in heard if _is_to_be_recalled(alert, pace, now)]
    is_time = any(_has_waited(telling.alert, pace, now) for telling in changed)
    return (*changed, *reminders) if is_time else tuple(reminders)


def _has_waited(alert: Alert, pace: Pace, now: datetime) -> bool:
    return alert.untold_since is None or now - alert.untold_since >= pace.group


def _is_to_be_recalled(alert: Alert, pace: Pace, now: datetime) -> bool:
    if alert.level is Level.OK or alert.level is not alert.told.level or alert.acknowledged_at is not None:
        return False
    return alert.told.at is not None and now - alert.told.at >= pace.reminder


def _kind(alert: Alert) -> Kind:
    if alert.level is Level.OK:
        return Kind.RESOLVED
    if alert.told.level is Level.OK:
        return Kind.FIRED
    return Kind.ESCALATED if alert.level.rank > alert.told.level.rank else Kind.EASED
