"""From where on a signal is bad: what the settings say of each, as one rule."""

from collections.abc import Mapping
from dataclasses import dataclass

from dealradar.alert_settings import AlertSettings
from dealradar.monitoring.alerts.signals import TABLE, Definition, Sense, Signal, Unit


@dataclass(frozen=True)
class Bound:
    """One threshold: values beyond it are bad, and those short of *cleared_at*, or on it, are good again."""

    sense: Sense
    value: float
    cleared_at: float

    def is_beyond(self, value: float, *, was_beyond: bool) -> bool:
        """Return whether *value* is bad, given whether it was so far."""
        bound = self.cleared_at if was_beyond else self.value
        return value < bound if self.sense is Sense.BELOW else value > bound


@dataclass(frozen=True)
class Rule:
    """When a signal counts as bad, all settings considered: beyond which bounds, for how long; when as good again.

    *window_s* is how long a time its values are of; 0: of a moment.
    """

    definition: Definition
    warning: Bound
    critical: Bound
    for_s: float
    clear_for_s: float
    window_s: int


def rules(settings: AlertSettings) -> Mapping[Signal, Rule]:
    """Return the rule of each signal."""
    return {definition.signal: _rule(definition, settings) for definition in TABLE}


def _rule(definition: Definition, settings: AlertSettings) -> Rule:
    held = settings.alert_hold_percent / 100
    return Rule(
        definition,
        warning=_bound(definition, getattr(settings, f"alert_{definition.signal}_warning")),
        critical=_bound(definition, getattr(settings, f"alert_{definition.signal}_critical")),
        for_s=definition.for_s * held,
        clear_for_s=definition.clear_for_s * held,
        window_s=settings.alert_window_s * definition.windows,
    )


def _bound(definition: Definition, value: float) -> Bound:
    margin = definition.margin * value
    if definition.sense is Sense.ABOVE:
        return Bound(definition.sense, value, value - margin)
    # A ratio that had to exceed 1 could never clear.
    room = (1 - value) / 2 if definition.unit is Unit.RATIO else margin
    return Bound(definition.sense, value, value + min(margin, room))
