"""What each signal is found to be, on servers that work, fail and hang."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import transaction
from dealradar.monitoring.alerts import measuring
from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.signals import DEGRADED, FAILED, WELL, Signal
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
        (measurement,) = measuring.measure(gauges, now=NOON)
    return measurement


@pytest.mark.parametrize(
    ("signal", "variable"),
    [(Signal.REDIS_CONNECTION, "redis_url"), (Signal.BROKER_CONNECTION, "celery_broker_url")],
)
def test_a_redis_that_works_hangs_and_is_gone(make: Make, valkey: Valkey, signal: Signal, variable: str) -> None:
    site = make(cache_timeout_ms=2_000, **{variable: valkey.url})

    working = found(site, signal)
    valkey.pause()
    hung = found(site, signal)
    valkey.resume()
    valkey.kill()
    gone = found(site, signal)

    assert (working.value, hung.value, gone.value) == (WELL, FAILED, FAILED)
    assert (hung.detail, gone.detail) == ("No answer: TimeoutError.", "No answer: ConnectionError.")


def test_a_redis_that_requests_do_not_ask_yet_is_degraded(make: Make, valkey: Valkey) -> None:
    site = make(cache_timeout_ms=2_000, redis_url=valkey.url)
    with site.app_context():
        wire = stores.current().reads  # type: ignore[attr-defined]  # it is the real one
        for _ in range(3):
            wire.breaker.failed("it was away")

    assert found(site, Signal.REDIS_CONNECTION).value == DEGRADED


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
