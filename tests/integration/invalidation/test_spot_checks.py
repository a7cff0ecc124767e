"""A stored answer that isn't true any more is found out; one that a writer is about to invalidate is not accused."""

from collections.abc import Callable, Collection

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache import demand, origins, stores
from dealradar.httpcache.control import background
from dealradar.httpcache.recompute import Computed
from dealradar.httpcache.samples import Comparing, Verdict
from dealradar.httpcache.serving import Source, XCache, serve
from dealradar.invalidation import spot_checks, transaction
from tests.applications import Make
from tests.factories.deals import make_deal
from tests.integration.httpcache.recomputing import ENDPOINT, plan
from tests.statements import recorded

REPRICE = "UPDATE deals SET price_cents = price_cents + 1"
PAY = "UPDATE cache_outbox SET delivered_to = '{store}', delivered_at = now()"
PAST_THE_TRIGGERS = f"SET LOCAL dealradar.outbox = 'off'; {REPRICE}"


@pytest.fixture
def deal(alice: User) -> Deal:
    """Return a deal that alice posted, of which the cache has been told."""
    deal = make_deal(alice)
    _write(PAY)
    return deal


@pytest.fixture(autouse=True)
def _nobody_has_asked(app: Flask) -> None:
    """Forget what other tests asked for, and nobody told the store."""
    with app.app_context():
        demand.current().take()


def _write(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def _show(app: Flask, path: str) -> None:
    """Have *path* stored, and be in demand."""
    assert app.test_client().get(f"/api{path}").status_code == 200
    with app.app_context():
        background.tell_demand()


def _verdicts(app: Flask) -> list[Verdict]:
    with app.app_context():
        return [sample.verdict for sample in spot_checks.compare()]


def test_what_the_database_says_still_is_fresh(app: Flask, deal: Deal) -> None:
    _show(app, f"/deals/{deal.id}")

    assert _verdicts(app) == [Verdict.FRESH]


def test_what_was_written_past_the_triggers_is_found_and_told_without_what_it_says(app: Flask, deal: Deal) -> None:
    _show(app, f"/deals/{deal.id}")
    _write(PAST_THE_TRIGGERS)

    with capture_logs() as logs:
        verdicts = _verdicts(app)

    (told,) = logs
    assert verdicts == [Verdict.STALE]
    assert (told["event"], told["log_level"]) == ("cache_entry_stale", "error")
    assert told["fields"] == ("$.price_cents",)
    assert f"deal:{deal.id}" in told["tags"]
    assert not any(str(deal.price_cents) in str(value) for value in (told["fields"], told["tags"], told["key"]))


def test_what_is_stale_is_healed(app: Flask, deal: Deal) -> None:
    path = f"/deals/{deal.id}"
    _show(app, path)
    _write(PAST_THE_TRIGGERS)

    samples = spot_checks.compare()
    with transaction():
        spot_checks.heal(samples)

    answer = app.test_client().get(f"/api{path}")
    assert answer.headers["X-Cache"] == "MISS"
    assert answer.get_json()["price_cents"] == deal.price_cents + 1


def test_where_writes_dont_invalidate_what_they_left_behind_is_found(make: Make, deal: Deal) -> None:
    careless = make(cache_bust_on_write=False)
    _show(careless, f"/deals/{deal.id}")

    with careless.app_context():
        _write(REPRICE)

    assert _verdicts(careless) == [Verdict.STALE]


def test_what_a_committed_write_still_owes_is_not_called_stale(app: Flask, deal: Deal) -> None:
    _show(app, f"/deals/{deal.id}")

    _write(REPRICE)  # its triggers owe it to the cache, and nobody has paid yet

    assert _verdicts(app) == [Verdict.OWED]


def nothing() -> None:
    pass


def _compare(*, meanwhile: Callable[[], None] = nothing, owing: Callable[[], None] = nothing) -> Verdict:
    """Return the verdict over ``old``, where the database says ``new``, and *meanwhile* and *owing* happen.

    The one when the database has been read, the other when it has been asked what it owes.
    """
    origin, planned = origins.current(), plan()
    serve(origin, planned, Source(lambda: Computed(b'"old"')))

    def read() -> Computed:
        meanwhile()
        return Computed(b'"new"')

    def is_owed(_tags: Collection[str]) -> bool:
        owing()
        return False

    comparing = Comparing(ENDPOINT, is_owed)
    served = comparing(origin, planned, Source(read))
    assert (served.x_cache, served.body) == (XCache.BYPASS, b'"new"')
    assert comparing.sample is not None
    return comparing.sample.verdict


def _invalidate() -> None:
    stores.current().bump(["deal:123"])


@pytest.mark.usefixtures("app")
def test_what_is_invalidated_while_the_database_is_read_is_not_called_stale() -> None:
    assert _compare(meanwhile=_invalidate) is Verdict.MOVED


@pytest.mark.usefixtures("app")
def test_what_is_invalidated_before_it_is_asked_who_owes_is_not_called_stale() -> None:
    assert _compare(owing=_invalidate) is Verdict.MOVED


@pytest.mark.usefixtures("app")
def test_what_is_invalidated_and_computed_anew_meanwhile_is_not_called_stale() -> None:
    def invalidate_and_ask() -> None:
        _invalidate()
        serve(origins.current(), plan(), Source(lambda: Computed(b'"new"')))

    assert _compare(meanwhile=invalidate_and_ask) is Verdict.MOVED


@pytest.mark.usefixtures("app")
def test_what_nobody_invalidated_is_stale() -> None:
    assert _compare() is Verdict.STALE


def test_what_has_gone_from_the_store_is_no_sample_and_isnt_stored(app: Flask, deal: Deal) -> None:
    path = f"/deals/{deal.id}"
    _show(app, path)
    stores.current().bump([f"deal:{deal.id}"])

    verdicts = _verdicts(app)

    assert verdicts == [Verdict.ABSENT]
    assert app.test_client().get(f"/api{path}").headers["X-Cache"] == "MISS"


def test_what_has_gone_from_the_database_past_the_triggers_is_stale(app: Flask, deal: Deal) -> None:
    _show(app, f"/deals/{deal.id}")
    _write("SET LOCAL dealradar.outbox = 'off'; UPDATE deals SET status = 'hidden'")

    with capture_logs() as logs:
        verdicts = _verdicts(app)

    assert verdicts == [Verdict.STALE]
    assert logs[0]["fields"][0] == "status"


def test_only_a_few_are_compared_at_once(app: Flask, alice: User) -> None:
    for _ in range(spot_checks.AT_ONCE + 1):
        _show(app, f"/deals/{make_deal(alice).id}")

    assert len(_verdicts(app)) == spot_checks.AT_ONCE


def test_who_finds_nothing_stored_looks_on_and_computes_nothing(app: Flask, deal: Deal) -> None:
    _show(app, f"/deals/{deal.id}")
    with app.app_context():
        stores.tally(hits={}, asked={f"/deals?min_price={price}": 9 for price in range(30)})

    with recorded() as statements:
        verdicts = _verdicts(app)

    assert (verdicts.count(Verdict.FRESH), verdicts.count(Verdict.ABSENT)) == (1, 30)
    assert len(statements) == 1


def test_without_a_store_nothing_is_compared(make: Make) -> None:
    assert _verdicts(make(redis_url="redis://127.0.0.1:1/0")) == []
    assert _verdicts(make(cache_enabled=False)) == []


def test_what_no_longer_leads_anywhere_is_no_sample(app: Flask) -> None:
    with app.app_context():
        stores.tally(hits={}, asked={"/deals/99999": 1, "/deals?sort=none": 1})

    assert _verdicts(app) == [Verdict.ABSENT]
