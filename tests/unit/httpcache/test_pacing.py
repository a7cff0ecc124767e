"""How fast to warm, by how fast the database answers."""

import pytest

from dealradar.httpcache.control.pacing import LEAST, LONGEST_REST_S, Pace

USUAL_S = 0.02
SLOW_S = 0.2


def after(pace: Pace, *took_s: float) -> Pace:
    for one_s in took_s:
        pace = pace.after(one_s, usual_s=USUAL_S)
    return pace


def test_rest_and_work_are_as_the_share_says() -> None:
    assert Pace(0.25, 0.25).pause_s(0.01) == pytest.approx(0.03)
    assert Pace(1.0, 1.0).pause_s(0.01) == 0
    assert Pace(0.05, 0.25).pause_s(3.0) == LONGEST_REST_S


def test_the_share_halves_with_each_slow_answer_and_never_ends() -> None:
    pace = Pace(0.4, 0.4)

    assert after(pace, SLOW_S, SLOW_S).share == pytest.approx(0.1)
    assert after(pace, *[SLOW_S] * 50).share == LEAST


def test_the_share_grows_slowly_again_and_never_beyond_what_is_allowed() -> None:
    pace = after(Pace(0.25, 0.25), SLOW_S, SLOW_S)

    grown = after(pace, USUAL_S)

    assert pace.share < grown.share < 2 * pace.share
    assert after(pace, *[USUAL_S] * 50).share == 0.25


def test_a_share_below_the_least_is_kept() -> None:
    assert after(Pace(0.005, 0.005), SLOW_S).share == 0.005


@pytest.mark.parametrize(
    ("usual_s", "took_s", "is_slow"), [(None, 0.2, False), (None, 0.3, True), (0.001, 0.01, False)]
)
def test_what_is_slow_depends_on_what_is_usual(usual_s: float | None, took_s: float, *, is_slow: bool) -> None:
    assert (Pace(0.5, 0.5).after(took_s, usual_s=usual_s).share < 0.5) is is_slow
