import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.monitoring.mail import axes

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "unit", "name", "labels"),
    [
        ([0.54, 0.94, 0.8, 0.6], "ratio", "%", ["50", "60", "70", "80", "90", "100"]),
        ([0.001, 0.0], "ratio", "%", ["0", "0.025", "0.05", "0.075", "0.1", "0.125"]),
        ([0.38, 0.62, 1.0], "seconds", "ms", ["0", "250", "500", "750", "1000", "1250"]),
        ([30.0, 120.0], "seconds", "min", ["0", "0.5", "1", "1.5", "2", "2.5"]),
        ([1.2e9, 2e9], "bytes", "GB", ["1", "1.2", "1.4", "1.6", "1.8", "2", "2.2"]),
        ([], "bytes", "bytes", ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([0.0, 2.0], "state", "", ["up", "degraded", "failed"]),
    ],
)
def test_the_axis_has_round_numbers_in_a_fitting_unit(
    values: list[float], unit: str, name: str, labels: list[str]
) -> None:
    axis = axes.axis(values, unit=unit)

    assert (axis.unit, [tick.label for tick in axis.ticks]) == (name, labels)


@given(st.lists(st.floats(0, 1e13), min_size=1), st.sampled_from(["ratio", "seconds", "bytes"]))
def test_every_value_has_its_place_between_a_few_lines(values: list[float], unit: str) -> None:
    axis = axes.axis(values, unit=unit)

    assert axis.low <= min(values) or math.isclose(axis.low, min(values), rel_tol=1e-6)
    assert axis.high >= max(values) or math.isclose(axis.high, max(values), rel_tol=1e-6)
    assert 2 <= len(axis.ticks) <= axes.MAX_TICKS + 2


@pytest.mark.parametrize(
    ("since", "labels"),
    [
        (NOON, ["12:00", "12:15", "12:30", "12:45", "13:00"]),
        (NOON + timedelta(microseconds=1), ["12:15", "12:30", "12:45", "13:00"]),
        (NOON + timedelta(minutes=17), ["12:30", "12:45", "13:00", "13:15"]),
    ],
)
def test_quarters_of_an_hour_are_marked(since: datetime, labels: list[str]) -> None:
    assert [label for _, label in axes.hours(since, since + timedelta(hours=1))] == labels
