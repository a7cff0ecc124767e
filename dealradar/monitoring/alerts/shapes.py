"""What administrators are shown of alerts, and what they may wish."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import Field

from dealradar.domain.shapes import Input, ListQuery, Moment, Output, Storable, Worded
from dealradar.monitoring.alerts import runbooks, wording
from dealradar.monitoring.alerts.deciding import State
from dealradar.monitoring.alerts.ledger import Alert
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal, Unit
from dealradar.monitoring.alerts.silences import Silence
from dealradar.monitoring.alerts.thresholds import Rule

MAX_SILENCE: Final = timedelta(days=30)


class AlertQuery(ListQuery):
    """The parameters of the list of alerts."""

    signal: Annotated[Signal | None, Field(description="Only alerts of this signal.")] = None


class AlertOut(Output):
    """One time that a signal was bad.

    Attributes:
        level: How bad it is now, ``ok`` when it is over; *peak* how bad it ever was.
        value_text: The last value in words; *threshold_text* from where on that is bad.
        detail: What the value is of.
        fired_at: When it had been bad for long enough to count.
        ended_at: Since when it is good again, once that has lasted.
        lasted_s: How long it was bad, null while it is.
        told_at: When somebody was last told of it.
    """

    id: int
    signal: Signal
    title: str
    level: Level
    peak: Level
    value: float | None
    unit: Unit
    value_text: str
    threshold_text: str
    detail: str
    began_at: Moment
    fired_at: Moment
    ended_at: Moment | None
    lasted_s: float | None
    acknowledged_by: str | None
    acknowledged_at: Moment | None
    told_at: Moment | None
    meaning: str
    runbook: tuple[str, ...]

    @classmethod
    def of(cls, alert: Alert, rule: Rule) -> Self:
        """Return what is shown of *alert*."""
        definition = rule.definition
        return cls(
            id=alert.id,
            signal=alert.signal,
            title=definition.title,
            level=alert.level,
            peak=alert.peak,
            value=alert.value,
            unit=definition.unit,
            value_text=wording.value(alert.value, definition.unit),
            threshold_text=wording.threshold(rule, alert.peak if alert.level is Level.OK else alert.level),
            detail=alert.detail,
            began_at=alert.began_at,
            fired_at=alert.fired_at,
            ended_at=alert.ended_at,
            lasted_s=None if alert.ended_at is None else (alert.ended_at - alert.began_at).total_seconds(),
            acknowledged_by=alert.acknowledged_by,
            acknowledged_at=alert.acknowledged_at,
            told_at=alert.told.at,
            meaning=definition.meaning,
            runbook=runbooks.STEPS[alert.signal],
        )


class SignalOut(Output):
    """What a signal is just now, and from where on that is bad.

    Attributes:
        is_pending: Whether it gets worse if it stays as it is.
        measured_at: When it last had a value.
        silenced_until: Until when nobody is told of it.
    """

    signal: Signal
    title: str
    level: Level
    is_pending: bool
    value: float | None
    unit: Unit
    value_text: str
    detail: str
    warning: float
    critical: float
    warning_text: str
    critical_text: str
    meaning: str
    measured_at: Moment | None
    silenced_until: Moment | None

    @classmethod
    def of(cls, rule: Rule, state: State, *, silenced_until: datetime | None) -> Self:
        """Return what is shown of the signal of *rule*."""
        definition = rule.definition
        return cls(
            signal=definition.signal,
            title=definition.title,
            level=state.level,
            is_pending=state.is_pending,
            value=state.value,
            unit=definition.unit,
            value_text=wording.value(state.value, definition.unit),
            detail=state.detail,
            warning=rule.warning.value,
            critical=rule.critical.value,
            warning_text=wording.threshold(rule, Level.WARNING),
            critical_text=wording.threshold(rule, Level.CRITICAL),
            meaning=definition.meaning,
            measured_at=state.measured_at,
            silenced_until=silenced_until,
        )


class SignalsOut(Output):
    """All signals, in the order of the table."""

    items: list[SignalOut]


class SilenceDraft(Input):
    """A wish that nobody be told of a signal before a time."""

    signal: Signal
    until: Moment
    reason: Annotated[str, Field(min_length=1, max_length=500), Storable, Worded]


class SilenceOut(Output):
    """That nobody is told of a signal before a time, by whose wish and why."""

    id: int
    signal: Signal
    until: Moment
    reason: str
    created_by: str
    created_at: Moment

    @classmethod
    def of(cls, silence: Silence) -> Self:
        """Return what is shown of *silence*."""
        return cls.model_validate(silence)


class SilencesOut(Output):
    """The silences that hold, those that last longest first."""

    items: list[SilenceOut]
