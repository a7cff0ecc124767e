"""What is in demand is computed before anybody has to wait for it."""

from collections.abc import Callable, Mapping
from itertools import count

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from dealradar.cache import Lease, entry_key
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache import demand, origins, overrides, stores
from dealradar.httpcache.addresses import address_of
from dealradar.httpcache.control import background, hot_pages, warm_runs
from dealradar.httpcache.control.front_pages import FRONT_PAGES
from dealradar.httpcache.control.planning import Skip
from dealradar.httpcache.control.sights import AHEAD_S
from dealradar.httpcache.control.warm_runs import Run, Trigger
from dealradar.httpcache.overrides import Override
from dealradar.invalidation import activity, bookkeeping, keeping_warm, transaction
from tests.applications import Make
from tests.factories.deals import make_deal
from tests.statements import recorded

OFTEN = 100.0
"""How often a page is asked for that is worth warming whatever its life."""


@pytest.fixture
def deals(app: Flask, alice: User, monkeypatch: pytest.MonkeyPatch) -> list[Deal]:
    """Return three deals on a site without front pages, whose store has made up for what it missed."""
    monkeypatch.setattr(keeping_warm, "FRONT_PAGES", {})
    made = [make_deal(alice) for _ in range(3)]
    with app.app_context():
        stores.await_first_recovery()
        demand.current().take()
    return made


def want(demanded: Mapping[str, float]) -> None:
    with bookkeeping():
        hot_pages.learn(demanded)


def keep(app: Flask) -> int:
    with app.app_context():
        return keeping_warm.keep_warm(pause=lambda _: None)


def x_cache(app: Flask, path: str) -> str:
    return str(app.test_client().get(address_of(path)).headers["X-Cache"])


def reprice(deal_id: int) -> None:
    with transaction():
        db.session.execute(text("UPDATE deals SET price_cents = price_cents + 1 WHERE id = :id"), {"id": deal_id})


def tell_hits(app: Flask) -> None:
    with app.app_context():
        background.tell_demand()


def last_run() -> Run:
    (run,) = warm_runs.latest(1)
    return run


def worth(path: str) -> float:
    return hot_pages.experiences()[path].worth


@pytest.mark.usefixtures("deals")
def test_what_is_in_demand_is_a_hit_for_the_first_who_asks_after_a_flush(app: Flask) -> None:
    want({"/deals/1": OFTEN, "/deals?sort=new": OFTEN, "/deals/2": 0.5})

    warmed = keep(app)

    assert warmed == 2
    assert {path: x_cache(app, path) for path in ("/deals/1", "/deals?sort=new", "/deals/2")} == {
        "/deals/1": "HIT",
        "/deals?sort=new": "HIT",
        "/deals/2": "MISS",
    }
    run = last_run()
    assert (run.trigger, run.tally.warmed, run.tally.failed) == (Trigger.LOSS, 2, 0)
    assert run.tally.skipped[Skip.UNWANTED] == 1


@pytest.mark.usefixtures("deals")
def test_what_was_invalidated_is_made_anew_and_shows_what_was_written(app: Flask) -> None:
    for path in ("/deals/1", "/deals/2", "/deals/3"):
        x_cache(app, path)
    want(dict.fromkeys(("/deals/1", "/deals/2", "/deals/3"), OFTEN))
    reprice(2)

    warmed = keep(app)

    assert warmed == 1
    answer = app.test_client().get("/api/deals/2")
    price = db.session.scalar(text("SELECT price_cents FROM deals WHERE id = 2"))
    assert (answer.headers["X-Cache"], answer.get_json()["price_cents"]) == ("HIT", price)
    assert (last_run().trigger, last_run().tally.skipped[Skip.FRESH]) == (Trigger.UPKEEP, 2)


@pytest.mark.usefixtures("deals")
def test_what_is_about_to_reach_its_soft_age_is_made_anew_while_it_is_served(make: Make) -> None:
    short = make(cache_default_ttl_s=7, cache_soft_ttl_percent=50)  # due from the beginning, within AHEAD_S
    x_cache(short, "/deals/1")
    want({"/deals/1": 100 * OFTEN})

    warmed = keep(short)

    assert AHEAD_S > 3.5
    assert warmed == 1
    assert last_run().trigger is Trigger.UPKEEP


@pytest.mark.usefixtures("deals")
def test_what_is_fresh_costs_no_answer_and_leaves_no_trace(app: Flask) -> None:
    want({"/deals/1": OFTEN})
    keep(app)

    with recorded() as statements:
        warmed = keep(app)

    assert warmed == 0
    assert not [one for one in statements if "FROM deals" in one.sql]
    assert len(warm_runs.latest(9)) == 1


@pytest.mark.usefixtures("deals")
def test_the_hits_that_an_entry_earned_are_its_run_s(app: Flask) -> None:
    want({"/deals/1": OFTEN, "/deals/2": OFTEN})
    keep(app)
    first = last_run()
    for _ in range(3):
        x_cache(app, "/deals/1")
    tell_hits(app)
    reprice(1)
    reprice(2)

    keep(app)

    earned = {run.id: (run.gone, run.earned_hits) for run in activity.recent().warm_runs}
    assert earned[first.id] == (2, 3)
    assert worth("/deals/1") == 1
    assert worth("/deals/2") < 1


@pytest.mark.usefixtures("deals")
def test_what_earns_nothing_is_left_cold_in_the_end(app: Flask) -> None:
    demanded = 5.0
    warmed = []
    for _ in range(12):
        want({"/deals/1": demanded})
        warmed.append(keep(app))
        reprice(1)

    assert warmed == sorted(warmed, reverse=True)
    assert 2 <= sum(warmed) <= 10


@pytest.mark.usefixtures("deals")
def test_a_flush_says_nothing_about_what_was_earned(app: Flask, redis_url: str) -> None:
    want({"/deals/1": OFTEN})
    keep(app)
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()

    keep(app)

    assert worth("/deals/1") == 1
    assert last_run().trigger is Trigger.LOSS


@pytest.mark.usefixtures("deals")
def test_one_worker_warms_at_a_time(app: Flask, make: Make) -> None:
    want({"/deals/1": OFTEN})
    with make().app_context():
        leases = stores.current().leases
        lease = leases.take(keeping_warm.LEASE)
        assert isinstance(lease, Lease)

        meanwhile = keep(app)
        leases.give_back(lease, stored=False)

    assert (meanwhile, keep(app)) == (0, 1)


@pytest.mark.usefixtures("deals")
def test_what_another_process_computes_is_left_to_it(app: Flask, make: Make) -> None:
    want({"/deals/1": OFTEN})
    key = entry_key("/deals/1", {})
    with make().app_context():
        leases = stores.current().leases
        lease = leases.take(key)
        assert isinstance(lease, Lease)

        warmed = keep(app)
        leases.give_back(lease, stored=False)

    assert warmed == 0
    assert last_run().tally.skipped[Skip.LEFT] == 1


@pytest.mark.usefixtures("deals")
def test_what_isn_t_cached_or_leads_nowhere_is_not_computed(app: Flask) -> None:
    want(dict.fromkeys(("/deals/1", "/reports", "/gone/1", "/deals?sort=nothing"), OFTEN))
    with app.app_context():
        overrides.current().put({"/deals/<int:deal_id>": Override(is_enabled=False)})
    try:
        with recorded() as statements:
            warmed = keep(app)
    finally:
        with app.app_context():
            overrides.current().put({})

    assert warmed == 0
    assert not [one for one in statements if "FROM deals" in one.sql]


@pytest.mark.usefixtures("deals")
def test_one_page_that_fails_keeps_no_other_cold(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    want({"/deals/1": 2 * OFTEN, "/deals/2": OFTEN})
    real: Callable[..., object] = origins.current().refresher.refresh
    tries = count()

    def fail_first(*arguments: object, **options: object) -> object:
        if next(tries) == 0:
            raise RuntimeError("no luck")
        return real(*arguments, **options)

    monkeypatch.setattr(origins.current().refresher, "refresh", fail_first)

    assert keep(app) == 1
    assert (last_run().tally.warmed, last_run().tally.failed) == (1, 1)


@pytest.mark.usefixtures("deals")
def test_a_run_ends_in_time_and_says_what_it_didn_t_come_to(app: Flask) -> None:
    for path in ("/deals/1", "/deals/2", "/deals/3"):
        x_cache(app, path)
        reprice(int(path[-1]))
    want(dict.fromkeys(("/deals/1", "/deals/2", "/deals/3"), OFTEN))
    ticks = count(step=keeping_warm.LOSS_S / 2)

    with app.app_context():
        warmed = keeping_warm.keep_warm(clock_s=lambda: next(ticks), pause=lambda _: None)

    assert warmed == 1
    assert last_run().tally.skipped[Skip.LATE] == 2


@pytest.mark.usefixtures("deals")
def test_it_rests_as_long_as_the_database_s_share_says(app: Flask) -> None:
    want({"/deals/1": OFTEN})
    rests: list[float] = []
    ticks = count(step=0.01)

    with app.app_context():
        keeping_warm.keep_warm(clock_s=lambda: next(ticks), pause=rests.append)

    assert rests[0] == pytest.approx(0.01 * 3)


def test_until_the_next_run_is_due_it_stays_one_worker_s_turn(app: Flask, make: Make) -> None:
    other = make()
    warmed: dict[float, int] = {}

    with app.app_context():
        keeping_warm.keep_warm(clock_s=lambda: 0.0, pause=lambda left_s: warmed.update({left_s: keep(other)}))

    assert (warmed[keeping_warm.TURN_S], set(warmed.values())) == (0, {0})


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize(
    "changes",
    [{"cache_warm_database_percent": 0}, {"cache_enabled": False}, {"redis_url": "redis://127.0.0.1:1/0"}],
    ids=str,
)
def test_where_it_is_switched_off_or_there_is_no_store_nothing_is_computed(
    make: Make, changes: dict[str, object]
) -> None:
    want({"/deals/1": OFTEN})

    assert keep(make(**changes)) == 0
    assert warm_runs.latest(1) == []


def test_front_pages_are_warm_before_anybody_has_asked(app: Flask) -> None:
    warmed = keep(app)

    assert warmed == len(FRONT_PAGES)
    assert {x_cache(app, path) for path in FRONT_PAGES} == {"HIT"}
