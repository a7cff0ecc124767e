"""What several processes answered, written down so that it is counted once."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from dealradar import background
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.monitoring import processes, readings
from dealradar.monitoring.latencies import bucket_of
from dealradar.monitoring.tallies import KEPT_SLOTS, SLOT_S, Alike, Slot, Tallies
from dealradar.monitoring.windows import read_window
from tests.applications import Make

DEALS: Final = "/api/deals"
HIT: Final = Alike(DEALS, 200, "HIT", duration_s=0.001, latencies={bucket_of(0.001): 1})
FAILED: Final = Alike("/api/reviews", 503, "BYPASS", duration_s=1.0, latencies={bucket_of(1.0): 1})


class Counting:
    """A process that counts, whose clock is the database's, set back if need be."""

    def __init__(self, *, ago_s: float = 0) -> None:
        self.id = uuid4()
        self.tallies = Tallies()
        self.be(ago_s=ago_s)

    def be(self, *, ago_s: float) -> None:
        self.tallies.set_clock(now().timestamp() - ago_s)

    def answer(self, *alike: Alike) -> None:
        for each in alike:
            self.tallies.requests(each)

    def write(self) -> list[Slot]:
        due = self.tallies.due()
        with transaction():
            readings.write(due, by=self.id)
        return due

    def flush(self) -> None:
        self.tallies.settle(self.write())


def now() -> datetime:
    return datetime.now(UTC)


def requests(span_s: int = 3_600) -> int:
    window = read_window(span_s, now=now())
    db.session.rollback()
    return window.requests


def stored() -> list[Any]:
    found = list(db.session.execute(text("SELECT process_id, requests FROM readings")))
    db.session.rollback()
    return found


@pytest.mark.usefixtures("app")
def test_a_window_is_the_sum_of_all_processes_by_route() -> None:
    one, other = Counting(), Counting()
    one.answer(HIT, HIT, FAILED)
    other.answer(HIT, HIT._replace(cache="MISS"))
    one.flush()
    other.flush()

    window = read_window(60, now=now())

    assert (window.requests, window.errors, window.bypasses, window.lookups) == (5, 1, 1, 4)
    assert window.hit_ratio == pytest.approx(0.75)
    assert window.mean_s == pytest.approx(1.004 / 5)
    assert window.p50_s == pytest.approx(0.001, rel=0.05)
    assert window.p99_s == pytest.approx(1.0, rel=0.05)
    assert 60 <= window.requests / window.rate_per_s < 60 + SLOT_S + 1
    assert window.endpoints[DEALS].hit_ratio == pytest.approx(0.75)
    assert window.endpoints["/api/reviews"].hit_ratio is None


@pytest.mark.usefixtures("app")
def test_a_window_without_a_request_says_so_and_divides_by_nothing() -> None:
    window = read_window(60, now=now())

    assert (window.requests, window.rate_per_s, window.endpoints) == (0, 0.0, {})
    assert (window.hit_ratio, window.mean_s, window.p95_s) == (None, None, None)


@pytest.mark.usefixtures("app")
def test_only_what_is_in_the_window_counts() -> None:
    process = Counting(ago_s=200)
    process.answer(HIT)
    process.be(ago_s=0)
    process.answer(HIT)
    process.flush()

    assert (requests(60), requests(300)) == (1, 2)


@pytest.mark.usefixtures("app")
def test_a_process_that_was_killed_and_began_anew_counts_on() -> None:
    killed = Counting()
    killed.answer(HIT, HIT)
    killed.flush()
    killed.answer(HIT)
    successor = Counting()
    successor.answer(HIT)
    successor.flush()

    assert requests() == 3


@pytest.mark.usefixtures("app")
def test_what_was_written_without_its_writer_learning_of_it_is_written_again_and_counts_once() -> None:
    process = Counting()
    process.answer(HIT, HIT)
    process.write()
    process.answer(HIT)

    process.flush()
    process.flush()

    assert requests() == 3


@pytest.mark.usefixtures("app")
def test_what_is_older_than_what_is_there_does_not_overwrite_it() -> None:
    process = Counting()
    process.answer(HIT)
    older = process.tallies.due()
    process.answer(HIT)
    process.flush()

    with transaction():
        readings.write(older, by=process.id)

    assert requests() == 2


def test_while_the_database_is_away_counts_wait_and_none_is_lost_or_doubled(
    own_tallies: Tallies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, ConnectionError("nobody there"))

    own_tallies.requests(HIT)
    readings.flush()
    with monkeypatch.context() as broken:
        broken.setattr(readings, "write", refuse)
        for _ in range(3):
            own_tallies.requests(HIT)
            with pytest.raises(OperationalError):
                readings.flush()

    during = requests()
    readings.flush()

    assert (during, requests()) == (1, 4)


@pytest.mark.usefixtures("app")
def test_what_may_have_been_merged_is_not_written_any_more() -> None:
    process = Counting(ago_s=KEPT_SLOTS * SLOT_S + 2 * SLOT_S)
    process.answer(HIT)

    process.flush()

    assert (requests(), process.tallies.due()) == (0, [])


def age(*, by: timedelta) -> None:
    db.session.execute(text("UPDATE readings SET slot = slot - :by"), {"by": by})
    db.session.commit()


def merge() -> int:
    with transaction():
        return readings.merge()


@pytest.mark.usefixtures("app")
def test_rows_that_nobody_writes_any_more_become_one_for_each_slot_and_sum_to_the_same() -> None:
    for _ in range(3):
        process = Counting()
        process.answer(HIT, FAILED)
        process.flush()
    age(by=readings.MERGED_AFTER + timedelta(seconds=SLOT_S))
    before = read_window(3_600, now=now())
    db.session.rollback()

    merge()
    after = read_window(3_600, now=now())

    assert after.endpoints == before.endpoints
    assert after.requests == 6
    assert {row.process_id for row in stored()} == {readings.MERGED}
    assert merge() == 0


@pytest.mark.usefixtures("app")
def test_what_was_committed_late_is_added_to_what_was_merged() -> None:
    long_ago = now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for process in (Counting(), Counting()):
        process.answer(HIT)
        process.flush()
        db.session.execute(text("UPDATE readings SET slot = :slot"), {"slot": long_ago})
        db.session.commit()
        merge()

    assert [(row.process_id, row.requests) for row in stored()] == [(readings.MERGED, 2)]


@pytest.mark.usefixtures("app")
def test_rows_of_now_are_left_to_their_processes() -> None:
    process = Counting()
    process.answer(HIT)
    process.flush()

    assert merge() == 0
    assert [row.process_id for row in stored()] == [process.id]


@pytest.mark.usefixtures("app")
def test_after_a_day_a_slot_is_forgotten() -> None:
    process = Counting()
    process.answer(HIT)
    process.flush()
    age(by=timedelta(hours=23))

    with transaction():
        early = readings.forget(now=now())
        late = readings.forget(now=now() + timedelta(hours=2))

    assert (early, late) == (0, 1)


@pytest.mark.usefixtures("own_tallies")
def test_hits_misses_and_refusals_of_the_site_are_all_counted(client: FlaskClient) -> None:
    for path in ("/api/categories", "/api/categories", "/api/nowhere", "/api/auth/me", "/health"):
        client.get(path)

    readings.flush()
    window = read_window(60, now=now())

    assert (window.requests, window.hits, window.misses, window.errors) == (4, 1, 1, 0)
    assert window.endpoints["/api/categories"].statements >= 1


@pytest.mark.usefixtures("own_tallies")
def test_without_the_store_requests_are_counted_all_the_same(make: Make) -> None:
    client = make(redis_url="redis://127.0.0.1:1/0").test_client()

    client.get("/api/categories")
    readings.flush()

    window = read_window(60, now=now())
    assert (window.requests, window.bypasses) == (1, 1)


def test_who_ends_in_good_order_leaves_nothing_unwritten(own_tallies: Tallies, app: Flask) -> None:
    processes.be_seen()
    own_tallies.requests(HIT)

    background.end(app)

    assert requests() == 1
    assert processes.read_processes() == ()


def test_slots_are_those_of_the_database_whatever_the_host_s_clock_says(own_tallies: Tallies) -> None:
    own_tallies.set_clock(now().timestamp() + 86_400)

    processes.be_seen()
    own_tallies.requests(HIT)
    readings.flush()

    (reading,) = readings.since(now() - timedelta(hours=1), until=now() + timedelta(days=2))
    at_the_database = db.session.scalars(text("SELECT clock_timestamp()")).one()
    assert abs(reading.at - at_the_database) < timedelta(seconds=60)
