"""The table of RFC 9110 §13.2.2, and when a date may be a validator."""

import pytest

from dealradar.httpcache.conditions import Conditions, Outcome, Validators, evaluate, last_modified

DATE = "Sun, 22 Nov 2026 10:00:00 GMT"
EARLIER = "Sun, 22 Nov 2026 09:59:59 GMT"
LATER = "Sun, 22 Nov 2026 10:00:01 GMT"
MADE_AT_S = 1_795_341_600.25
CURRENT = Validators("abc", DATE)


@pytest.mark.parametrize(
    ("if_none_match", "outcome"),
    [
        ('"abc"', Outcome.NOT_MODIFIED),
        ('W/"abc"', Outcome.NOT_MODIFIED),
        ('"x", "abc", "y"', Outcome.NOT_MODIFIED),
        ('W/"x",W/"abc"', Outcome.NOT_MODIFIED),
        ("*", Outcome.NOT_MODIFIED),
        ('"ABC"', Outcome.PROCEED),
        ('"abc-gzip"', Outcome.PROCEED),
        ('"x"', Outcome.PROCEED),
        ("", Outcome.PROCEED),
    ],
)
def test_if_none_match_is_compared_weakly_with_each_of_its_tags(if_none_match: str, outcome: Outcome) -> None:
    assert evaluate(Conditions(if_none_match=if_none_match), CURRENT) is outcome


@pytest.mark.parametrize(
    ("if_modified_since", "outcome"),
    [
        (DATE, Outcome.NOT_MODIFIED),
        (EARLIER, Outcome.PROCEED),
        (LATER, Outcome.PROCEED),
        ("yesterday", Outcome.PROCEED),
    ],
)
def test_a_date_counts_when_it_is_the_one_we_sent(if_modified_since: str, outcome: Outcome) -> None:
    assert evaluate(Conditions(if_modified_since=if_modified_since), CURRENT) is outcome


def test_without_a_date_of_ours_none_of_theirs_counts() -> None:
    assert evaluate(Conditions(if_modified_since=DATE), Validators("abc")) is Outcome.PROCEED


def test_a_tag_that_differs_outdoes_a_date_that_agrees() -> None:
    assert evaluate(Conditions(if_none_match='"x"', if_modified_since=DATE), CURRENT) is Outcome.PROCEED


@pytest.mark.parametrize(
    ("if_match", "outcome"),
    [
        ('"abc"', Outcome.PROCEED),
        ('"x", "abc"', Outcome.PROCEED),
        ("*", Outcome.PROCEED),
        ('W/"abc"', Outcome.FAILED),
        ('"x"', Outcome.FAILED),
    ],
)
def test_if_match_is_compared_strongly(if_match: str, outcome: Outcome) -> None:
    assert evaluate(Conditions(if_match=if_match), CURRENT) is outcome


def test_if_match_comes_before_if_none_match() -> None:
    asked = Conditions(if_match='"x"', if_none_match='"abc"')

    assert evaluate(asked, CURRENT) is Outcome.FAILED


@pytest.mark.parametrize(
    ("if_unmodified_since", "outcome"),
    [
        (EARLIER, Outcome.FAILED),
        (DATE, Outcome.PROCEED),
        (LATER, Outcome.PROCEED),
        ("yesterday", Outcome.PROCEED),
    ],
)
def test_if_unmodified_since_fails_for_what_is_later(if_unmodified_since: str, outcome: Outcome) -> None:
    assert evaluate(Conditions(if_unmodified_since=if_unmodified_since), CURRENT) is outcome


def test_if_match_makes_if_unmodified_since_not_count() -> None:
    asked = Conditions(if_match='"abc"', if_unmodified_since=EARLIER)

    assert evaluate(asked, CURRENT) is Outcome.PROCEED


@pytest.mark.parametrize(("age_s", "date"), [(0, None), (1.7, None), (1.8, DATE), (60, DATE)])
def test_a_date_is_told_when_its_second_is_well_over(age_s: float, date: str | None) -> None:
    assert last_modified(MADE_AT_S, now_s=MADE_AT_S + age_s) == date
