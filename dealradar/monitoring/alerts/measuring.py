"""What each signal is at this moment."""

import shutil
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import redis
import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from dealradar.cache import StoreUnavailableError
from dealradar.config import Settings
from dealradar.domain.reading import read_only
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import outbox
from dealradar.invalidation.hook import is_paying
from dealradar.monitoring import sampling, servers
from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.signals import DEFINITIONS, DEGRADED, FAILED, WELL, Signal
from dealradar.monitoring.mail import reading as mails

SLOW_DATABASE_S: Final = 1.0
SLOW_BROKER_S: Final = 0.25
PINGS: Final = 3
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reading:
    """A value, None where there is nothing to say, and what it is of or why there is none."""

    value: float | None
    detail: str


@dataclass(frozen=True)
class Gauge:
    """How one signal is measured."""

    signal: Signal
    read: Callable[[datetime], Reading]


def measure(gauges: Iterable[Gauge], *, now: datetime) -> Sequence[Measurement]:
    """Return what each of *gauges* says; one that can't be read says nothing, and why."""
    return [_measurement(gauge, now) for gauge in gauges]


def _measurement(gauge: Gauge, now: datetime) -> Measurement:
    try:
        reading = gauge.read(now)
    except (SQLAlchemyError, redis.RedisError, OSError) as error:
        log.warning("signal_unknown", signal=gauge.signal, error=type(error).__name__)
        return Measurement(gauge.signal, None, f"could not be measured: {type(error).__name__}")
    return Measurement(gauge.signal, reading.value, reading.detail)


def read_redis_connection(_now: datetime) -> Reading:
    """Return how well this process gets on with the cache's Redis."""
    settings = _settings()
    if not settings.cache_enabled:
        return Reading(None, "The cache is switched off by CACHE_ENABLED.")
    try:
        took_s = servers.time_redis(settings.redis_url, pings=PINGS)
    except redis.RedisError as error:
        return Reading(FAILED, f"No answer: {type(error).__name__}.")
    if took_s > settings.cache_timeout_ms / 1_000:
        patience = f"requests wait for {settings.cache_timeout_ms} ms"
        return Reading(DEGRADED, f"It takes {took_s * 1_000:.0f} ms to answer; {patience}.")
    try:
        stores.current().ping()
    except StoreUnavailableError as error:
        return Reading(DEGRADED, f"It answers, but requests don't ask it yet: {error.reason}.")
    return Reading(WELL, f"It answers within {took_s * 1_000:.1f} ms.")


def read_broker_connection(_now: datetime) -> Reading:
    """Return how well this process gets on with the broker."""
    try:
        took_s = servers.time_redis(_settings().celery_broker_url, pings=PINGS)
    except redis.RedisError as error:
        return Reading(FAILED, f"No answer: {type(error).__name__}.")
    return Reading(DEGRADED if took_s > SLOW_BROKER_S else WELL, f"It answers within {took_s * 1_000:.1f} ms.")


def read_redis_memory(_now: datetime) -> Reading:
    """Return the bytes that the cache's Redis uses."""
    settings = _settings()
    if not settings.cache_enabled:
        return Reading(None, "The cache is switched off by CACHE_ENABLED.")
    store = servers.read_store(settings.redis_url)
    if store is None:
        return Reading(None, "Redis doesn't answer.")
    limit = f" of at most {store.max_memory_bytes} bytes" if store.max_memory_bytes else ", without a limit"
    return Reading(store.memory_bytes, f"{store.keys} keys{limit}, {store.evictions} evicted since its start.")


def read_outbox(_now: datetime) -> Reading:
    """Return for how many seconds the oldest tag has been owed to any target."""
    if not is_paying():
        return Reading(None, "Writes invalidate nothing: CACHE_ENABLED or CACHE_BUST_ON_WRITE is false.")
    with read_only():
        owed = outbox.backlog()
    return Reading(owed.oldest_s, f"{owed.tags} tags are owed.")


def read_stale_ratio(now: datetime) -> Reading:
    """Return which part of the entries that were sampled of late was stale."""
    with read_only():
        sampled = sampling.stale_ratio(_window_s(Signal.STALE_RATIO), now)
    if sampled.ratio is None:
        return Reading(None, "No entry was sampled.")
    return Reading(sampled.ratio, f"{sampled.stale} of {sampled.samples} samples were stale.")


def read_database(_now: datetime) -> Reading:
    """Return how well the database takes a new connection."""
    began_s = time.monotonic()
    try:
        servers.reach_database(db.engine.url, patience_s=_settings().database_connect_timeout_s)
    except servers.DatabaseAwayError as error:
        return Reading(FAILED, str(error))
    took_s = time.monotonic() - began_s
    if took_s > SLOW_DATABASE_S:
        return Reading(DEGRADED, f"A new connection took {took_s:.1f} s.")
    return Reading(WELL, f"A new connection took {took_s * 1_000:.0f} ms.")


def read_disk(_now: datetime) -> Reading:
    """Return which part of the disk is free that this process is on."""
    disk = shutil.disk_usage(Path.cwd())
    detail = f"{disk.free / 1e9:.1f} of {disk.total / 1e9:.1f} GB on {socket.gethostname()}."
    return Reading(disk.free / disk.total, detail)


def read_mail(now: datetime) -> Reading:
    """Return for how many seconds mails have failed to arrive."""
    with read_only():
        failing = mails.failing(now)
    if not failing.mails:
        return Reading(0.0, "No mail has failed to arrive.")
    return Reading(failing.lasted_s, f"{failing.mails} did not arrive: {failing.error}")


GAUGES: Final = (
    Gauge(Signal.DATABASE_DOWN, read_database),
    Gauge(Signal.REDIS_CONNECTION, read_redis_connection),
    Gauge(Signal.BROKER_CONNECTION, read_broker_connection),
    Gauge(Signal.REDIS_MEMORY, read_redis_memory),
    Gauge(Signal.OUTBOX_OLDEST, read_outbox),
    Gauge(Signal.STALE_RATIO, read_stale_ratio),
    Gauge(Signal.DISK_FREE, read_disk),
    Gauge(Signal.MAIL_FAILING, read_mail),
)


def _window_s(signal: Signal) -> int:
    return _settings().alert_window_s * DEFINITIONS[signal].windows


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
