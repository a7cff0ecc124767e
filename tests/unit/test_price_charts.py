"""A price's course is drawn as steps, from the oldest to the present one."""

from datetime import UTC, datetime, timedelta

from dealradar.domain.deals import PriceOut
from dealradar.web.site import charts

FIRST_AT = datetime(2026, 1, 1, tzinfo=UTC)


def price(cents: int, *, after_days: int) -> PriceOut:
    return PriceOut(price_cents=cents, list_price_cents=None, changed_at=FIRST_AT + timedelta(days=after_days))


def test_a_price_that_never_changed_has_no_course() -> None:
    assert charts.of_prices([price(100, after_days=0)]) is None


def test_the_dearest_is_at_the_top_the_cheapest_at_the_bottom_and_the_present_one_goes_on_to_the_edge() -> None:
    chart = charts.of_prices([price(1_000, after_days=10), price(3_000, after_days=0)])

    assert chart is not None
    assert chart.line == f"M96 16.0H{chart.last_x}V148.0H592"
    assert [(tick.price_cents, tick.y) for tick in chart.ticks] == [(3_000, 16.0), (2_000, 82.0), (1_000, 148.0)]
    assert 96 < chart.last_x < 592


def test_what_came_back_to_the_same_price_at_the_same_moment_is_drawn_all_the_same() -> None:
    chart = charts.of_prices([price(500, after_days=0), price(500, after_days=0)])

    assert chart is not None
    assert (len(chart.ticks), chart.last_x) == (1, 96)
