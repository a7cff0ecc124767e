from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealradar.monitoring.latencies import ACCURACY, LARGEST_S, SMALLEST_S, bucket_of, percentile

DURATIONS = st.lists(st.floats(SMALLEST_S, LARGEST_S), min_size=1, max_size=200)


def counted(durations_s: list[float]) -> dict[int, int]:
    buckets = [bucket_of(duration_s) for duration_s in durations_s]
    return {bucket: buckets.count(bucket) for bucket in buckets}


def exactly(durations_s: list[float], part: float) -> float:
    return sorted(durations_s)[max(1, ceil(len(durations_s) * part)) - 1]


@given(DURATIONS, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_off_by_the_stated_part_of_itself_at_most(durations_s: list[float], part: float) -> None:
    told_s = percentile(counted(durations_s), part)

    assert told_s == pytest.approx(exactly(durations_s, part), rel=ACCURACY + 1e-9)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_what_takes_longer_is_never_in_a_bucket_below(one_s: float, other_s: float) -> None:
    assert (one_s <= other_s) <= (bucket_of(one_s) <= bucket_of(other_s))


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None


@pytest.mark.parametrize(("duration_s", "as_if_s"), [(0.0, SMALLEST_S), (86_400.0, LARGEST_S)])
def test_what_is_too_short_or_too_long_counts_as_the_nearest_that_is_told(duration_s: float, as_if_s: float) -> None:
    assert percentile({bucket_of(duration_s): 1}, 0.5) == pytest.approx(as_if_s, rel=2 * ACCURACY)
