"""What a measurement makes of a signal, for single cases and for any course of values."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealradar.alert_settings import AlertSettings
from dealradar.monitoring.alerts.deciding import (
    DAMPED,
    FORGOTTEN,
    MAX_CLEAR,
    UNSEEN,
    Measurement,
    State,
    Transition,
    decide,
)
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.thresholds import Rule, rules

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY_S: Final = 10
RULES: Final = rules(AlertSettings())
SLOW: Final = RULES[Signal.RESPONSE_TIME_MEAN]  # above 0.5 and 1 s, for 60 s; good again below 0.45 and 0.9, for 60 s
HITS: Final = RULES[Signal.CACHE_HIT_RATIO]  # below 0.8 and 0.6; good again from 0.816 and 0.612 on

Course = Sequence[float | None]


def go(course: Course, rule: Rule = SLOW, state: State | None = None) -> tuple[State, list[Transition]]:
    """Return what is known after *course*, a value each `EVERY_S` seconds, and what became of the signal on the way."""
    state, told = state or State(), []
    for turn, value in enumerate(course):
        now = NOON + timedelta(seconds=turn * EVERY_S)
        state, transition = decide(state, Measurement(rule.definition.signal, value, "as found"), rule, now=now)
        told += [transition] if transition else []
    return state, told


def passing(course: Course, rule: Rule = SLOW) -> Iterator[tuple[int, Transition]]:
    """Return each transition of *course* with the turn in which it came."""
    state = State()
    for turn, value in enumerate(course):
        now = NOON + timedelta(seconds=turn * EVERY_S)
        state, transition = decide(state, Measurement(rule.definition.signal, value, "as found"), rule, now=now)
        if transition is not None:
            yield turn, transition


def levels(course: Course, rule: Rule = SLOW) -> list[tuple[Level, Level]]:
    return [(transition.before, transition.after) for transition in go(course, rule)[1]]


def test_what_is_bad_for_less_than_it_must_hold_is_pending_and_told_to_nobody() -> None:
    state, told = go([0.6] * 6)

    assert (state.level, state.is_pending, told) == (Level.OK, True, [])


def test_what_held_long_enough_is_told_once_with_when_it_began() -> None:
    state, told = go([0.1, *[0.6] * 50])

    assert told == [Transition(Level.OK, Level.WARNING, NOON + timedelta(seconds=10))]
    assert state.began_at == NOON + timedelta(seconds=10)


def test_one_good_value_begins_the_wait_anew() -> None:
    assert levels([*[0.6] * 6, 0.1, *[0.6] * 6]) == []


def test_what_is_critical_at_once_is_told_as_that_and_nothing_else() -> None:
    assert levels([1.5] * 20) == [(Level.OK, Level.CRITICAL)]


def test_what_gets_worse_is_told_again() -> None:
    assert levels([*[0.6] * 10, *[1.5] * 10]) == [(Level.OK, Level.WARNING), (Level.WARNING, Level.CRITICAL)]


def test_what_is_critical_only_at_the_end_of_the_wait_is_a_warning_first() -> None:
    assert levels([*[0.6] * 4, *[1.5] * 3]) == [(Level.OK, Level.WARNING)]


def test_what_eases_is_told_and_what_ends_too_with_when() -> None:
    _, told = go([*[1.5] * 10, *[0.6] * 20, *[0.1] * 40])

    assert [transition.after for transition in told] == [Level.CRITICAL, Level.WARNING, Level.OK]
    assert told[-1].since == NOON + timedelta(seconds=300)


def test_what_is_well_at_once_is_told_as_that_and_nothing_between() -> None:
    assert levels([*[1.5] * 10, *[0.1] * 10])[1:] == [(Level.CRITICAL, Level.OK)]


def test_what_gets_well_by_way_of_a_warning_is_told_once_it_is_and_not_twice() -> None:
    assert levels([*[1.5] * 10, *[0.6] * 3, *[0.1] * 10])[1:] == [(Level.CRITICAL, Level.OK)]
    assert levels([*[1.5] * 10, *[0.6] * 3, *[0.1] * 4, *[0.6] * 10])[1:] == [(Level.CRITICAL, Level.WARNING)]


@pytest.mark.parametrize(
    ("rule", "bad", "on", "short", "well"), [(SLOW, 0.51, 0.5, 0.46, 0.45), (HITS, 0.79, 0.8, 0.81, 0.817)]
)
def test_a_threshold_is_overstepped_beyond_it_and_cleared_at_its_margin(
    rule: Rule, bad: float, on: float, short: float, well: float
) -> None:
    assert levels([on] * 20, rule) == []
    assert levels([*[bad] * 10, *[short] * 50], rule) == [(Level.OK, Level.WARNING)]
    assert levels([*[bad] * 10, *[well] * 50], rule)[-1] == (Level.WARNING, Level.OK)


def test_a_ratio_can_clear_however_high_its_threshold_is() -> None:
    strict = rules(AlertSettings(alert_cache_hit_ratio_warning=0.999))[Signal.CACHE_HIT_RATIO]

    assert levels([*[0.9] * 10, *[1.0] * 10], strict)[-1] == (Level.WARNING, Level.OK)


def test_no_data_is_no_breach_and_ends_the_wait() -> None:
    assert levels([*[0.6] * 6, None, *[0.6] * 6, None]) == []


def test_what_was_bad_stays_so_without_data_and_is_forgotten_after_a_while() -> None:
    bad = [1.5] * 10
    short, long = int(FORGOTTEN.total_seconds() / EVERY_S) - 2, int(FORGOTTEN.total_seconds() / EVERY_S) + 2

    assert go([*bad, *[None] * short])[0].level is Level.CRITICAL
    assert levels([*bad, *[None] * long])[-1] == (Level.CRITICAL, Level.OK)


def test_what_nobody_looked_at_counts_as_nothing() -> None:
    state, _ = go([0.6] * 3)
    later = NOON + UNSEEN + timedelta(minutes=1)

    after, told = decide(state, Measurement(Signal.RESPONSE_TIME_MEAN, 0.6, ""), SLOW, now=later)

    assert (after.is_pending, after.warning.contradicted_at, told) == (True, later, None)


def test_flapping_is_said_less_and_less() -> None:
    flapping = [*[0.6] * 8, *[0.1] * 8] * 22

    assert len(levels(flapping)) <= 4
    assert len(levels([*[0.6] * 8, *[0.1] * 8])) == 2


def test_each_level_of_a_signal_holds_by_itself_whatever_its_settings() -> None:
    at_once = replace(SLOW, for_s=0, clear_for_s=0)

    assert levels([0.6, 1.5, 0.1], at_once) == [
        (Level.OK, Level.WARNING),
        (Level.WARNING, Level.CRITICAL),
        (Level.CRITICAL, Level.OK),
    ]


values = st.one_of(st.none(), st.sampled_from([0.1, 0.44, 0.46, 0.5, 0.6, 0.89, 0.95, 1.5]))
courses = st.lists(st.tuples(values, st.integers(1, 12)), max_size=20).map(
    lambda runs: [value for value, length in runs for _ in range(length)]
)


@settings(max_examples=40, deadline=None)
@given(courses)
def test_transitions_follow_on_each_other_and_each_is_told_once(course: list[float | None]) -> None:
    state, told = go(course)

    assert all(one.before is not one.after for one in told)
    assert [one.before for one in told] == [Level.OK, *(one.after for one in told)][: len(told)]
    assert state.level is (told[-1].after if told else Level.OK)


@settings(max_examples=40, deadline=None)
@given(courses)
def test_nothing_is_told_that_values_do_not_bear_out(course: list[float | None]) -> None:
    for turn, transition in passing(course):
        if transition.after.rank > transition.before.rank:
            bound = 1.0 if transition.after is Level.CRITICAL else 0.5
            assert all(value is not None and value > bound for value in course[turn - 6 : turn + 1])


@settings(max_examples=40, deadline=None)
@given(courses)
def test_no_data_changes_nothing_that_is_known_for_a_while(course: list[float | None]) -> None:
    state, _ = go(course)
    now = NOON + timedelta(seconds=len(course) * EVERY_S)
    seen_lately = state.measured_at is None or now - state.measured_at < FORGOTTEN

    after, told = decide(state, Measurement(Signal.RESPONSE_TIME_MEAN, None, ""), SLOW, now=now)

    if seen_lately:
        assert (after.level, told) == (state.level, None)
    assert not after.is_pending


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.6, 1.5]), st.integers(1, 30)), min_size=20, max_size=25))
def test_within_an_hour_no_signal_gets_worse_more_than_a_few_times(runs: list[tuple[float, int]]) -> None:
    state, _ = go([value for value, length in runs for _ in range(length)])

    # One rise to each level, or both, between two waits that double: 1, 2, 4 … minutes, and then the half hours.
    assert len(state.rises) <= 2 * 7
    assert DAMPED > MAX_CLEAR
