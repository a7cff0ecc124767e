"""How the site did step by step, its servers and its processes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from celery import Celery
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.jobs import Job
from dealradar.monitoring import gauges, processes, readings, sampling
from dealradar.monitoring.history import Point, read_history
from dealradar.monitoring.latencies import bucket_of
from dealradar.monitoring.models import GaugesRow, ProcessRow
from dealradar.monitoring.sampling import StaleRatio
from dealradar.monitoring.tallies import SLOT_S, Alike, Tallies
from dealradar.rounds import Kind
from tests.applications import Make

As = Callable[[User], FlaskClient]
BEFORE: Final = timedelta(seconds=SLOT_S)
HITS: Final = Alike("/api/deals", 200, "HIT", duration_s=0.002, latencies={bucket_of(0.001): 2})


def answer_at(moment: datetime) -> None:
    """Let two hits be noted as answered at *moment*, by a process of their own."""
    tallies = Tallies()
    tallies.set_clock(moment.timestamp())
    tallies.requests(HITS)
    with transaction():
        readings.write(tallies.due(), by=uuid4())


def look_at(moment: datetime, **seen: Any) -> None:
    with transaction():
        slot = datetime.fromtimestamp(moment.timestamp() // SLOT_S * SLOT_S, UTC)
        db.session.execute(insert(GaugesRow).values(slot=slot, **seen))


@pytest.fixture
def now(app: Flask) -> datetime:  # noqa: ARG001  its database
    """Return a moment of the present hour, five seconds into a slot that is the first of a minute."""
    minute_s = datetime.now(UTC).timestamp() // 60 * 60
    return datetime.fromtimestamp(minute_s + 5, UTC)


def history(now: datetime, *, span_s: int = 60, step_s: int = SLOT_S) -> tuple[Point, ...]:
    points = read_history(span_s, step_s=step_s, now=now)
    db.session.rollback()
    return points


def requests(points: tuple[Point, ...]) -> list[int | None]:
    return [None if point.window is None else point.window.requests for point in points]


def test_each_slot_that_is_over_is_a_point_and_what_nobody_noted_is_a_gap(now: datetime) -> None:
    answer_at(now - 3 * BEFORE)
    answer_at(now - 3 * BEFORE)
    look_at(now - 2 * BEFORE, redis_keys=7)
    answer_at(now)

    points = history(now)

    assert requests(points) == [None, None, None, 4, 0, None]
    assert [point.rate_per_s for point in points] == [None, None, None, 0.4, 0.0, None]
    assert [point.gauges and point.gauges.redis_keys for point in points] == [None, None, None, None, 7, None]
    assert {later.at - earlier.at for earlier, later in pairwise(points)} == {BEFORE}


def test_the_rate_of_a_step_is_of_the_slots_that_are_known(now: datetime) -> None:
    answer_at(now - BEFORE)
    look_at(now - 2 * BEFORE)

    points = history(now, step_s=60)

    assert requests(points) == [2]
    assert points[0].rate_per_s == pytest.approx(2 / (2 * SLOT_S))


def test_of_the_servers_a_step_shows_what_was_seen_last(now: datetime) -> None:
    look_at(now - 2 * BEFORE, redis_memory_bytes=5, outbox_oldest_s=1.5)
    look_at(now - BEFORE, redis_memory_bytes=6, outbox_oldest_s=None)

    (point,) = history(now, step_s=60)

    assert point.gauges is not None
    assert (point.gauges.redis_memory_bytes, point.gauges.outbox_oldest_s) == (6, None)


def test_what_was_sampled_in_a_step_is_told(now: datetime) -> None:
    with transaction():
        began_at = now - timedelta(seconds=65)
        db.session.execute(insert(sampling.SampledSlot).values(began_at=began_at, samples=4, stale=1))

    points = history(now, span_s=180, step_s=60)

    assert [point.stale for point in points] == [None, None, StaleRatio(4, 1)]


@pytest.mark.usefixtures("own_tallies")
def test_of_all_processes_the_first_in_a_slot_looks_at_the_servers(client: FlaskClient) -> None:
    client.get("/api/categories")

    gauges.read_gauges()
    gauges.read_gauges()

    moment = datetime.now(UTC)
    seen = gauges.between(moment - 6 * BEFORE, moment + BEFORE)
    assert len(seen) in {1, 2}
    assert (seen[0].redis_keys or 0) > 0
    assert seen[0].outbox_rows == 0


@pytest.mark.parametrize("changes", [{"redis_url": "redis://127.0.0.1:1/0"}, {"cache_enabled": False}])
def test_a_store_that_cannot_be_seen_is_a_gap_and_the_rest_is_not(make: Make, changes: dict[str, Any]) -> None:
    other = make(**changes)

    with other.app_context():
        gauges.read_gauges()
        seen = gauges.between(datetime.now(UTC) - 6 * BEFORE, datetime.now(UTC) + BEFORE)

    assert [(one.redis_memory_bytes, one.outbox_rows) for one in seen] == [(None, 0)]


@pytest.mark.parametrize(("asked", "step_s", "steps"), [("15m", 10, 90), ("1h", 30, 120), ("24h", 300, 288)])
def test_admins_are_shown_the_steps_of_a_range(
    as_: As, ada: User, own_tallies: Tallies, asked: str, step_s: int, steps: int
) -> None:
    own_tallies.set_clock((datetime.now(UTC) - 2 * BEFORE).timestamp())
    own_tallies.requests(HITS)
    readings.flush()

    told: Any = as_(ada).get(f"/api/monitoring/history?range={asked}").get_json()

    assert told["step_s"] == step_s
    assert len(told["points"]) in {steps, steps + 1}
    (busy,) = [point for point in told["points"] if point["requests"]]
    assert (busy["hits"], busy["hit_ratio"], busy["redis_memory_bytes"]) == (2, 1.0, None)


def test_a_range_that_there_is_not_is_refused(as_: As, ada: User) -> None:
    assert as_(ada).get("/api/monitoring/history?range=2h").status_code in {400, 422}


def shown(client: FlaskClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/api/monitoring/processes").get_json()["items"]
    return items


@pytest.mark.usefixtures("own_tallies")
def test_admins_are_shown_each_process_with_when_it_was_seen(as_: As, ada: User, celery: Celery) -> None:
    processes.be_seen()
    celery.tasks[Job.SEE_BEAT].apply().get()
    celery.tasks[Job.SEE_BEAT].apply().get()

    beat, web = shown(as_(ada))

    assert (beat["kind"], beat["host"], beat["pid"]) == ("beat", None, None)
    assert (web["kind"], web["pid"]) == ("web", processes.current().pid)
    assert beat["seen_at"] > beat["started_at"]


@pytest.mark.usefixtures("app")
def test_a_process_that_died_is_shown_for_an_hour(celery: Celery) -> None:
    for minutes in (59, 61):
        seen_at = datetime.now(UTC) - timedelta(minutes=minutes)
        db.session.execute(
            insert(ProcessRow).values(id=UUID(int=minutes), kind=Kind.WORKER, host="a", pid=1, seen_at=seen_at)
        )
    db.session.commit()

    celery.tasks[Job.TIDY_READINGS].apply().get()

    assert [process.id.int for process in processes.read_processes()] == [59]


@pytest.mark.usefixtures("app")
def test_what_is_a_day_old_is_tidied_away_and_rows_become_one_a_slot(celery: Celery) -> None:
    for _ in range(2):
        answer_at(datetime.now(UTC))
    db.session.execute(text("UPDATE readings SET slot = date_bin('1 hour', now(), 'epoch') - interval '1 hour'"))
    db.session.commit()
    look_at(datetime.now(UTC) - timedelta(hours=25))
    look_at(datetime.now(UTC) - timedelta(hours=23))

    gone = celery.tasks[Job.TIDY_READINGS].apply().get()

    assert gone == 2
    assert db.session.scalars(text("SELECT requests FROM readings")).all() == [4]
