"""How what the site depends on does: the cache's Redis, the broker, the database, the disk."""

import shutil
import socket
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import redis
from flask import current_app

from dealradar.cache import StoreUnavailableError
from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.monitoring import servers
from dealradar.monitoring.alerts.gauging import Reading
from dealradar.monitoring.alerts.signals import DEGRADED, FAILED, WELL

SLOW_DATABASE_S: Final = 1.0
SLOW_BROKER_S: Final = 0.25
PINGS: Final = 3


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


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
