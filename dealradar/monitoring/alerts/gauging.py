"""How a signal is measured: by whatever says what it is at a moment, or why that isn't known."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.signals import Signal

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reading:
    """A value, None where there is nothing to say, and what it is of or why there is none."""

    value: float | None
    detail: str


@dataclass(frozen=True)
class Gauge:
    """How one signal is measured."""

    signal: Signal
    read: Callable[[datetime], Reading]


def measure(gauges: Iterable[Gauge], *, now: datetime) -> Sequence[Measurement]:
    """Return what each of *gauges* says; one that can't be read says nothing, and why."""
    return [_measurement(gauge, now) for gauge in gauges]


def _measurement(gauge: Gauge, now: datetime) -> Measurement:
    try:
        reading = gauge.read(now)
    except (SQLAlchemyError, redis.RedisError, OSError) as error:
        log.warning("signal_unknown", signal=gauge.signal, error=type(error).__name__)
        return Measurement(gauge.signal, None, f"could not be measured: {type(error).__name__}")
    return Measurement(gauge.signal, reading.value, reading.detail)
