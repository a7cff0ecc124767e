"""Values and thresholds in words that people read."""

from collections.abc import Callable, Mapping
from typing import Final

from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import DEGRADED, FAILED, WELL, Unit
from dealradar.monitoring.alerts.thresholds import Rule

STATES: Final = {WELL: "working", DEGRADED: "degraded", FAILED: "failed"}
GB: Final = 1e9
MB: Final = 1e6
MINUTE_S: Final = 60
DECIMAL_BELOW_S: Final = 10


def span(seconds: float) -> str:
    """Return how long *seconds* are: ``450 ms``, ``1.2 s``, ``61 s``, ``5 min``, ``2 h 10 min``."""
    if round(seconds, 3) < 1:
        return f"{seconds * 1_000:.0f} ms"
    if seconds < DECIMAL_BELOW_S:
        return f"{_trimmed(f'{seconds:.1f}')} s"
    if round(seconds) < 2 * MINUTE_S:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / MINUTE_S), MINUTE_S)
    return " ".join(part for part, is_some in ((f"{hours} h", hours), (f"{minutes} min", minutes)) if is_some)


def value(number: float | None, unit: Unit) -> str:
    """Return *number* as a person reads it: ``54 %``, ``1.62 GB``, ``740 ms``, ``failed``."""
    return "no data" if number is None else _WORDS[unit](number)


def limit(rule: Rule, level: Level) -> str:
    """Return from where on a signal's values are *level*: ``below 80 %``; the warning's where it is neither."""
    bound = rule.critical if level is Level.CRITICAL else rule.warning
    definition = rule.definition
    if definition.unit is Unit.STATE:
        return f"worse than {_state(bound.value)}"
    return f"{definition.sense} {value(bound.value, definition.unit)}"


def threshold(rule: Rule, level: Level) -> str:
    """Return when a signal is *level*: ``below 80 % over 5 min, for 60 s``."""
    over = f" over {span(rule.window_s)}" if rule.window_s else ""
    held = f", for {span(rule.for_s)}" if rule.for_s else ""
    return f"{limit(rule, level)}{over}{held}"


def _ratio(number: float) -> str:
    return f"{_trimmed(f'{number * 100:.2f}')} %"


def _trimmed(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


def _bytes(number: float) -> str:
    return f"{number / GB:.3g} GB" if number >= GB else f"{number / MB:.3g} MB"


def _state(number: float) -> str:
    return STATES.get(number, f"{number:g}")


_WORDS: Final[Mapping[Unit, Callable[[float], str]]] = {
    Unit.RATIO: _ratio,
    Unit.SECONDS: span,
    Unit.BYTES: _bytes,
    Unit.STATE: _state,
}
