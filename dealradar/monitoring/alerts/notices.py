"""What a mail says of an alert."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dealradar.monitoring.alerts import runbooks, values, wording
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.telling import Telling
from dealradar.monitoring.alerts.thresholds import Rule
from dealradar.monitoring.alerts.values import History
from dealradar.monitoring.mail.notices import Notice


def notices_of(tellings: Sequence[Telling], rules: Mapping[Signal, Rule], *, now: datetime) -> list[Notice]:
    """Return the notice of each of *tellings*, with the last hour's values."""
    histories = values.last_hour([telling.alert.signal for telling in tellings], now=now)
    return [notice(telling, rules[telling.alert.signal], histories[telling.alert.signal]) for telling in tellings]


def notice(telling: Telling, rule: Rule, history: History) -> Notice:
    """Return what is said by *telling*."""
    alert, definition = telling.alert, rule.definition
    return Notice(
        alert_id=alert.id,
        number=alert.told.count + 1,
        kind=telling.kind,
        signal=alert.signal,
        title=definition.title,
        level_before=alert.told.level,
        level=alert.level,
        unit=definition.unit,
        value=alert.value,
        value_text=wording.value(alert.value, definition.unit),
        threshold_text=wording.threshold(rule, alert.told.level if alert.level is Level.OK else alert.level),
        since=alert.began_at,
        meaning=definition.meaning,
        runbook=runbooks.STEPS[alert.signal],
        lasted_s=(alert.ended_at - alert.began_at).total_seconds() if alert.ended_at else None,
        warning=rule.warning.value,
        critical=rule.critical.value,
        history=history,
    )
