"""When an entry that is still valid is refreshed."""

import math
from dataclasses import replace

import pytest

from dealradar.cache import Hit
from dealradar.httpcache.refresh import Due, due
from tests.factories.entries import entry

HIT = Hit(entry(versions=(("deal:1", "v"),), ttl_s=100, soft_ttl_s=80, cost_s=2.0), age_s=0, ttl_left_s=100)
MEDIAN = 0.5
HEAD_START_S = 2.0 * math.log(2)


def at(age_s: float) -> Hit:
    return replace(HIT, age_s=age_s, ttl_left_s=100 - age_s)


@pytest.mark.parametrize(("age_s", "reason"), [(79.9, None), (80, Due.SOFT), (80.1, Due.SOFT)])
def test_from_its_soft_age_on_it_is_due_whatever_chance_says(age_s: float, reason: Due | None) -> None:
    assert due(at(age_s), draw=0.0) is reason


@pytest.mark.parametrize(("short_by_s", "reason"), [(0.001, None), (-0.001, Due.EARLY)])
def test_half_of_the_requests_would_refresh_it_ln_2_times_its_cost_early(short_by_s: float, reason: Due | None) -> None:
    assert due(at(80 - HEAD_START_S - short_by_s), draw=MEDIAN) is reason


def test_the_dearer_the_earlier() -> None:
    dear = replace(HIT.entry, cost_s=60.0)

    assert due(at(40), draw=MEDIAN) is None
    assert due(replace(at(40), entry=dear), draw=MEDIAN) is Due.EARLY


def test_what_costs_nothing_is_never_early() -> None:
    assert due(replace(at(79.9), entry=replace(HIT.entry, cost_s=0.0)), draw=1 - 1e-16) is None


def test_without_a_soft_age_it_is_left_to_its_end() -> None:
    assert due(replace(at(99.9), entry=replace(HIT.entry, soft_ttl_s=None)), draw=MEDIAN) is None
