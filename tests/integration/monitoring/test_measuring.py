"""What each signal is found to be, on servers that work, fail and hang."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.cache import StoreUnavailableError, Trouble
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import transaction
from dealradar.monitoring import processes, readings
from dealradar.monitoring.alerts import gauging, measuring
from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.signals import DEGRADED, FAILED, WELL, Signal
from dealradar.monitoring.tallies import Alike, Tallies
from tests.applications import Make
from tests.integration.monitoring.watched import NOON
from tests.servers.valkey import Valkey

NOBODY = "redis://127.0.0.1:1/0"
OWED = "INSERT INTO cache_outbox (tag, created_at) VALUES ('deal:1', clock_timestamp() - interval '45 seconds')"


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.kill()


def found(at: Flask, signal: Signal) -> Measurement:
    gauges = [gauge for gauge in measuring.GAUGES if gauge.signal is signal]
    with at.app_context():
        (measurement,) = gauging.measure(gauges, now=NOON)
    return measurement


def test_there_is_a_gauge_for_each_signal() -> None:
    assert sorted(gauge.signal for gauge in measuring.GAUGES) == sorted(Signal)


@pytest.mark.parametrize(
    ("signal", "variable"),
    [(Signal.REDIS_CONNECTION, "redis_url"), (Signal.BROKER_CONNECTION, "celery_broker_url")],
)
def test_a_redis_that_works_hangs_and_is_gone(
    app: Flask, valkey: Valkey, monkeypatch: pytest.MonkeyPatch, signal: Signal, variable: str
) -> None:
    told = app.extensions["settings"].model_copy(update={"cache_timeout_ms": 2_000, variable: valkey.url})
    monkeypatch.setitem(app.extensions, "settings", told)

    working = found(app, signal)
    valkey.pause()
    hung = found(app, signal)
    valkey.resume()
    valkey.kill()
    gone = found(app, signal)

    assert (working.value, hung.value, gone.value) == (WELL, FAILED, FAILED)
    assert (hung.detail, gone.detail) == ("No answer: TimeoutError.", "No answer: ConnectionError.")


def test_a_redis_that_requests_do_not_ask_yet_is_degraded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise StoreUnavailableError(Trouble.BREAKER_OPEN, "it was away")

    told = app.extensions["settings"].model_copy(update={"cache_timeout_ms": 2_000})
    monkeypatch.setitem(app.extensions, "settings", told)
    monkeypatch.setattr(stores, "current", lambda: SimpleNamespace(ping=refuse))

    measurement = found(app, Signal.REDIS_CONNECTION)

    assert measurement.value == DEGRADED
    assert "requests don't ask it yet" in measurement.detail


@pytest.mark.parametrize(
    ("signal", "changes", "why"),
    [
        (Signal.REDIS_CONNECTION, {"cache_enabled": False}, "CACHE_ENABLED"),
        (Signal.REDIS_MEMORY, {"cache_enabled": False}, "CACHE_ENABLED"),
        (Signal.REDIS_MEMORY, {"redis_url": NOBODY}, "doesn't answer"),
        (Signal.OUTBOX_OLDEST, {"cache_bust_on_write": False}, "CACHE_BUST_ON_WRITE"),
        (Signal.STALE_RATIO, {}, "No entry was sampled"),
        (Signal.OUTBOX_OLDEST, {"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/none"}, "could not be"),
    ],
)
def test_what_can_not_be_known_is_no_value_and_says_why(
    make: Make, signal: Signal, changes: dict[str, Any], why: str
) -> None:
    measurement = found(make(**changes), signal)

    assert measurement.value is None
    assert why in measurement.detail


def test_the_memory_of_redis_is_in_bytes(app: Flask) -> None:
    measurement = found(app, Signal.REDIS_MEMORY)

    assert measurement.value is not None
    assert measurement.value > 100_000


def test_the_oldest_tag_that_is_owed_is_measured(app: Flask) -> None:
    before = found(app, Signal.OUTBOX_OLDEST)
    with transaction():
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(text(OWED))
    after = found(app, Signal.OUTBOX_OLDEST)

    assert before.value == 0
    assert after.value is not None
    assert 45 <= after.value < 75


def test_a_database_that_lets_nobody_in_is_down_whatever_the_pool_says(app: Flask, make: Make) -> None:
    gone = make(database_url="postgresql+psycopg://nobody:hunter2@127.0.0.1:1/none")

    working, away = found(app, Signal.DATABASE_DOWN), found(gone, Signal.DATABASE_DOWN)

    assert (working.value, away.value) == (WELL, FAILED)
    assert "refused" in away.detail
    assert "hunter2" not in away.detail


def test_the_part_of_the_disk_that_is_free_is_between_none_and_all(app: Flask) -> None:
    measurement = found(app, Signal.DISK_FREE)

    assert measurement.value is not None
    assert 0 < measurement.value < 1


def answered(counted: Tallies, **alike: Any) -> None:
    """Count requests to one route, and have them written down."""
    told: dict[str, Any] = {"route": "/api/deals", "status": 200, "cache": "HIT", "duration_s": 0.0, **alike}
    counted.requests(Alike(**told))
    readings.flush()


def now_found(at: Flask, signal: Signal) -> Measurement:
    gauges = [gauge for gauge in measuring.GAUGES if gauge.signal is signal]
    with at.app_context():
        (measurement,) = gauging.measure(gauges, now=datetime.now(UTC))
    return measurement


def test_the_hit_ratio_is_of_what_the_cache_was_asked_for_and_needs_a_hundred(app: Flask, own_tallies: Tallies) -> None:
    answered(own_tallies, latencies={0: 54})
    answered(own_tallies, cache="MISS", latencies={0: 45})
    answered(own_tallies, cache="BYPASS", latencies={0: 500})
    too_few = now_found(app, Signal.CACHE_HIT_RATIO)

    answered(own_tallies, cache="MISS", latencies={0: 1})
    enough = now_found(app, Signal.CACHE_HIT_RATIO)

    assert (too_few.value, too_few.detail) == (None, "Too little to say: 99 lookups, of the 100 that it takes.")
    assert (enough.value, enough.detail) == (0.54, "54 of 100 lookups were hits.")


def test_errors_and_times_are_of_all_requests(app: Flask, own_tallies: Tallies) -> None:
    answered(own_tallies, duration_s=9.5, latencies={0: 95})
    answered(own_tallies, status=503, cache=None, duration_s=15.5, latencies={0: 5})

    assert now_found(app, Signal.ERROR_RATE).value == 0.05
    assert now_found(app, Signal.RESPONSE_TIME_MEAN).value == pytest.approx(0.25)
    assert now_found(app, Signal.RESPONSE_TIME_P95).value is not None


def test_background_work_is_silent_since_what_beat_asks_for_was_last_done(app: Flask) -> None:
    unheard = now_found(app, Signal.CELERY_SILENT)
    with transaction():
        processes.see_beat()
        db.session.execute(text("UPDATE processes SET seen_at = seen_at - interval '70 seconds'"))

    measured = now_found(app, Signal.CELERY_SILENT)

    assert unheard.value is None
    assert measured.value is not None
    assert 70 <= measured.value < 100
