from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import text

import workers
from dealradar.domain import users
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache.control import background
from dealradar.invalidation import transaction
from dealradar.invalidation.kinds import Kind
from dealradar.jobs import Job
from dealradar.monitoring import sampling
from dealradar.monitoring.mail import delivering, queueing
from dealradar.monitoring.sampling import StaleRatio
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review
from tests.notices import notice
from workers.schedule import REPUTATION_PARTS, REPUTATIONS_EVERY_S, SCHEDULE


def _status(deal_id: int) -> str:
    found = db.session.scalar(text("SELECT status FROM deals WHERE id = :id"), {"id": deal_id})
    db.session.rollback()
    return str(found)


def _everything_that_is_owed() -> list[tuple[int, int]]:
    owed = [transaction_id for (transaction_id,) in db.session.execute(text("SELECT transaction_id FROM cache_outbox"))]
    db.session.rollback()
    return [(transaction_id, Kind.SOFT) for transaction_id in owed]


def test_every_job_has_a_task_and_every_task_of_ours_is_a_job(celery: Celery) -> None:
    assert {name for name in celery.tasks if not name.startswith("celery.")} == set(Job)


def test_beat_asks_for_what_the_schedule_lists(celery: Celery) -> None:
    asked = {
        entry["task"]: (entry["schedule"], entry["options"]["expires"]) for entry in celery.conf.beat_schedule.values()
    }

    assert asked == {each.job: (each.every_s, each.expires_s) for each in SCHEDULE}


@pytest.mark.parametrize("each", SCHEDULE, ids=lambda each: each.job)
def test_what_recurs_expires_no_sooner_than_it_recurs(each: workers.schedule.Recurring) -> None:
    assert each.expires_s >= each.every_s


def test_deals_whose_end_has_come_are_closed(celery: Celery, alice: User) -> None:
    now = datetime.now(UTC)
    over = make_deal(alice, ends_at=now - timedelta(seconds=1))
    open_still = make_deal(alice, ends_at=now + timedelta(hours=1))

    closed = celery.tasks[Job.CLOSE_ENDED_DEALS].apply().get()

    assert closed == 1
    assert (_status(over.id), _status(open_still.id)) == ("expired", "active")


def test_reputations_are_brought_up_to_date_part_by_part(
    celery: Celery, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_review(make_deal(bob), alice, imported_helpful_count=3)

    changed = 0
    for part in range(REPUTATION_PARTS):
        at_s = (7 * REPUTATION_PARTS + part) * REPUTATIONS_EVERY_S + 1.5
        monkeypatch.setattr("workers.users.time", SimpleNamespace(time=lambda at_s=at_s: at_s))
        changed += celery.tasks[Job.REFRESH_REPUTATIONS].apply().get()

    assert changed == 1
    assert db.session.scalar(text("SELECT reputation FROM users WHERE username = 'alice'")) == 30


def test_what_is_owed_is_swept_and_what_is_paid_is_noted(celery: Celery) -> None:
    owe = "INSERT INTO cache_outbox (transaction_id, tag, created_at) VALUES"
    db.session.execute(text(f"{owe} (1, 'paid:1', now()), (2, 'owed:1', now() - interval '1 minute')"))
    db.session.commit()

    noted = celery.tasks[Job.DELIVER_INVALIDATIONS].apply(args=([[1, 2]],)).get()
    swept = celery.tasks[Job.SWEEP_INVALIDATIONS].apply().get()

    assert (noted, swept) == (1, 1)
    assert db.session.scalar(text("SELECT count(*) FROM cache_outbox WHERE delivered_to = '{store}'")) == 2


def test_what_is_stored_is_compared_with_the_database_and_what_is_stale_is_counted_and_healed(
    app: Flask, celery: Celery, alice: User
) -> None:
    deal = make_deal(alice)
    assert app.test_client().get(f"/api/deals/{deal.id}").headers["X-Cache"] == "MISS"
    background.tell_demand()
    celery.tasks[Job.DELIVER_INVALIDATIONS].apply(args=(_everything_that_is_owed(),))
    db.session.execute(text("SET LOCAL dealradar.outbox = 'off'; UPDATE deals SET price_cents = price_cents + 1"))
    db.session.commit()

    counts = [celery.tasks[Job.SAMPLE_CACHE].apply().get() for _ in range(2)]

    assert counts == [1, 0]  # the second time, it isn't there any more
    assert sampling.stale_ratio(60, datetime.now(UTC)) == StaleRatio(1, 1)


def test_what_is_asked_for_is_remembered_by_the_database(app: Flask, celery: Celery) -> None:
    app.test_client().get("/api/deals")
    background.tell_demand()

    counts = [celery.tasks[Job.LEARN_DEMAND].apply().get() for _ in range(2)]

    assert counts == [1, 1]
    assert db.session.execute(text("SELECT path, demand FROM hot_pages")).all() == [("/deals", 1.0)]


def test_tokens_that_expired_long_ago_are_forgotten(celery: Celery, alice: User) -> None:
    now = datetime.now(UTC)
    with transaction():
        for days in (-31, -29, 1):
            users.tokens.issue(alice.id, ttl_s=round(timedelta(days=days).total_seconds()), now=now)

    forgotten = celery.tasks[Job.FORGET_TOKENS].apply().get()

    assert forgotten == 1
    assert db.session.scalar(text("SELECT count(*) FROM tokens")) == 2
    assert db.session.scalar(text("SELECT count(*) FROM cache_outbox WHERE tag LIKE 'token:%'")) == 0


def test_mails_that_were_passed_on_long_ago_are_forgotten(celery: Celery, ada: User) -> None:
    now = datetime.now(UTC)
    for days_ago in (31, 29):
        with transaction():
            queueing.queue([notice(number=days_ago)], now=now - timedelta(days=days_ago))
    delivering.deliver_mails()

    forgotten = celery.tasks[Job.FORGET_MAILS].apply().get()

    assert forgotten == 1
    assert db.session.scalar(text("SELECT recipient FROM mails")) == ada.email
