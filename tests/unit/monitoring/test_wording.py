"""Values and thresholds as people read them."""

import pytest

from dealradar.alert_settings import AlertSettings
from dealradar.monitoring.alerts import wording
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal, Unit
from dealradar.monitoring.alerts.thresholds import rules


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (0.8, Unit.RATIO, "80 %"),
        (0.99968, Unit.RATIO, "99.97 %"),
        (0.001, Unit.RATIO, "0.1 %"),
        (0.0, Unit.RATIO, "0 %"),
        (0.0421, Unit.SECONDS, "42 ms"),
        (0.9999, Unit.SECONDS, "1 s"),
        (1.0, Unit.SECONDS, "1 s"),
        (61.4, Unit.SECONDS, "61 s"),
        (119.7, Unit.SECONDS, "2 min"),
        (3_599.0, Unit.SECONDS, "1 h"),
        (7_830.0, Unit.SECONDS, "2 h 10 min"),
        (1_623_000_000.0, Unit.BYTES, "1.62 GB"),
        (12_000_000.0, Unit.BYTES, "12 MB"),
        (2.0, Unit.STATE, "failed"),
        (None, Unit.STATE, "no data"),
    ],
)
def test_a_value_is_said_with_its_unit_and_no_more_digits_than_matter(
    number: float | None, unit: Unit, words: str
) -> None:
    assert wording.value(number, unit) == words


@pytest.mark.parametrize(
    ("signal", "level", "words"),
    [
        (Signal.CACHE_HIT_RATIO, Level.CRITICAL, "below 60 % over 5 min, for 60 s"),
        (Signal.REDIS_CONNECTION, Level.WARNING, "worse than working, for 10 s"),
        (Signal.REDIS_CONNECTION, Level.CRITICAL, "worse than degraded, for 10 s"),
        (Signal.OUTBOX_OLDEST, Level.WARNING, "above 30 s, for 10 s"),
        (Signal.CELERY_SILENT, Level.CRITICAL, "above 3 min"),
        (Signal.STALE_RATIO, Level.WARNING, "above 0 % over 1 h"),
    ],
)
def test_a_threshold_is_said_with_its_window_and_how_long_it_must_hold(
    signal: Signal, level: Level, words: str
) -> None:
    assert wording.threshold(rules(AlertSettings())[signal], level) == words
