"""What operators and load balancers ask: is it alive, is it ready, what has it measured."""

import time
from dataclasses import asdict
from ipaddress import ip_address
from typing import Final

import redis
from flask import Blueprint, Flask, Response, current_app, jsonify, request
from sqlalchemy import text

from dealradar.config import VERSION, Settings
from dealradar.domain.errors import ForbiddenError
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.monitoring import health, metrics, readings
from dealradar.web import caller, fields

PROMETHEUS_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
BROKER_TIMEOUT_S: Final = 0.5
blueprint: Final = Blueprint("ops", __name__)
_STARTED_S: Final = time.monotonic()


def register(app: Flask) -> None:
    """Serve the operations endpoints at the root of *app*."""
    app.register_blueprint(blueprint)


@blueprint.get("/health")
def alive() -> Response:
    """Return 200 while this process can serve; asks no other server."""
    uptime_s = round(time.monotonic() - _STARTED_S, 3)
    return fields.never_stored(jsonify(status="ok", version=VERSION, uptime_s=uptime_s))


@blueprint.get("/ready")
def ready() -> Response:
    """Return 200 while requests should be sent here, 503 when they can't be answered; details for operators only."""
    findings = [health.examine(dependency) for dependency in _dependencies()]
    readiness = health.judge(findings)
    told: dict[str, object] = {"status": readiness}
    if _is_operator():
        told["dependencies"] = [asdict(finding) for finding in findings]
    response = fields.never_stored(jsonify(told))
    response.status_code = 503 if readiness is health.Readiness.DOWN else 200
    return response


@blueprint.get("/metrics")
def exposition() -> Response:
    """Return what all processes measured, in Prometheus' text format."""
    _admit()
    return fields.never_stored(Response(metrics.exposition(current_app), content_type=PROMETHEUS_TEXT))


@blueprint.get("/metrics/cache")
def cache_report() -> Response:
    """Return how the cache does."""
    _admit()
    by_endpoint = readings.results(metrics.families(current_app))
    every = readings.total(by_endpoint)
    return fields.never_stored(
        jsonify(
            hit_ratio=every.hit_ratio,
            **asdict(every),
            endpoints={name: {**asdict(one), "hit_ratio": one.hit_ratio} for name, one in by_endpoint.items()},
            store=_store_report(),
        )
    )


def _store_report() -> dict[str, object]:
    settings: Settings = current_app.extensions["settings"]
    if not settings.cache_enabled:
        return {"connection": "disabled"}
    breakers = stores.current().health()
    report: dict[str, object] = {"reads_breaker": breakers.reads.phase, "bumps_breaker": breakers.bumps.phase}
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1) as server:
            memory, stats, keys = server.info("memory"), server.info("stats"), server.dbsize()
    except redis.RedisError as error:
        return {**report, "connection": "down", "error": type(error).__name__}
    return {
        **report,
        "connection": "up",
        "keys": keys,
        "memory_bytes": memory["used_memory"],
        "max_memory_bytes": memory["maxmemory"],
        "evictions": stats["evicted_keys"],
    }


def _dependencies() -> tuple[health.Dependency, ...]:
    settings: Settings = current_app.extensions["settings"]
    database = health.Dependency("database", lambda: db.session.execute(text("SELECT 1")), is_vital=True)
    broker = health.Dependency("broker", lambda: _ping(settings.celery_broker_url), is_vital=False)
    if not settings.cache_enabled:
        return database, broker
    return database, health.Dependency("cache", stores.current().ping, is_vital=False), broker


def _ping(url: str) -> None:
    timeouts = {"socket_timeout": BROKER_TIMEOUT_S, "socket_connect_timeout": BROKER_TIMEOUT_S}
    with redis.Redis.from_url(url, **timeouts) as server:
        server.ping()


def _admit() -> None:
    if not _is_operator():
        raise ForbiddenError("This is for the loopback, METRICS_ALLOWED_NETWORKS, or a key with scope metrics:read.")


def _is_operator() -> bool:
    settings: Settings = current_app.extensions["settings"]
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  no address is nobody's
    if address.is_loopback or any(address in network for network in settings.metrics_allowed_networks):
        return True
    return "metrics:read" in caller.admit().scopes
