"""Which paths are in demand, as the database remembers it."""

import pytest
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.httpcache.control import hot_pages

pytestmark = pytest.mark.usefixtures("app")


def seen(seconds_ago: float) -> None:
    db.session.execute(text("UPDATE hot_pages SET seen_at = now() - make_interval(secs => :ago)"), {"ago": seconds_ago})


def test_what_the_store_counts_is_known_the_most_demanded_first() -> None:
    known = hot_pages.learn({"/seldom": 1.0, "/often": 9.0, "/now-and-then": 4.0})

    assert known == 3
    assert [*hot_pages.demanded(2).items()] == [("/often", 9.0), ("/now-and-then", 4.0)]


def test_demand_fades_while_it_is_looked_at_and_holds_where_the_store_forgot() -> None:
    hot_pages.learn({"/deals": 64.0, "/categories": 64.0})
    seen(30)

    hot_pages.learn({"/categories": 70.0})

    assert hot_pages.demanded(9) == pytest.approx({"/categories": 70.0, "/deals": 64 * 0.5 ** (30 / 300)}, rel=1e-3)


def test_a_night_without_anybody_to_look_costs_a_minute_of_fading() -> None:
    hot_pages.learn({"/deals": 64.0})
    seen(9 * 3_600)

    hot_pages.learn({})

    assert hot_pages.demanded(1)["/deals"] == pytest.approx(64 * 0.5 ** (60 / 300))


def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    hot_pages.learn({"/gone": hot_pages.LEAST_DEMAND, "/deals": 9.0})
    seen(5)

    known = hot_pages.learn({})

    assert (known, [*hot_pages.demanded(9)]) == (1, ["/deals"])


def test_of_too_many_paths_those_in_least_demand_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_pages, "MAX_KEPT", 2)

    known = hot_pages.learn({f"/deals/{number}": float(number) for number in range(1, 6)})

    assert (known, [*hot_pages.demanded(9)]) == (2, ["/deals/5", "/deals/4"])
