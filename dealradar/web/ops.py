"""What operators and load balancers ask: is it alive, is it ready, what has it measured."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import Metric

from dealradar.config import VERSION, Settings
from dealradar.domain.errors import ForbiddenError
from dealradar.domain.shapes import Output
from dealradar.domain.users import Role
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.httpcache.directives import Content
from dealradar.httpcache.recompute import JSON
from dealradar.monitoring import health, metrics, redis_gauges, servers
from dealradar.monitoring.health import Dependency, Examiner, Readiness
from dealradar.monitoring.metrics import Form
from dealradar.security.permissions import Who
from dealradar.web import caller, fields, lately, owing, standing
from dealradar.web.ops_shapes import BacklogOut, CacheReport, FindingOut, Health, Ready, StoreOut, WindowOut

SCOPE: Final = "metrics:read"
MAY_MEASURE: Final = Who(Role.ADMIN, SCOPE)
_EXAMINER: Final = "examiner"
_STARTED_S: Final = time.monotonic()


@dataclass(frozen=True)
class Operation:
    """One of these endpoints, and what it answers: JSON of *shape*, or text where there is none."""

    path: str
    view: Callable[[], Response]
    shape: type[Output] | None
    statuses: tuple[int, ...] = (200,)


def register(app: Flask, settings: Settings) -> None:
    """Serve these endpoints at the root of *app*."""
    with app.app_context():
        app.extensions[_EXAMINER] = Examiner(_dependencies(settings))
    blueprint = Blueprint("ops", __name__)
    for operation in OPERATIONS:
        blueprint.add_url_rule(operation.path, view_func=operation.view)
    app.register_blueprint(blueprint)


def alive() -> Response:
    """Say that this process can serve; asks no other server."""
    return _json(Health(status="ok", version=VERSION, uptime_s=round(time.monotonic() - _STARTED_S, 3)))


def ready() -> Response:
    """Say whether requests should be sent here; what is the matter is told to operators only."""
    findings = current_app.extensions[_EXAMINER].examine()
    readiness = health.judge(findings)
    told = [FindingOut.model_validate(finding) for finding in findings] if _is_operator() else None
    response = _json(Ready(status=readiness, dependencies=told))
    if readiness is Readiness.DOWN:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return response


def exposition() -> Response:
    """Return what all processes measured, in Prometheus' text format, or as OpenMetrics for who likes that better."""
    _admit()
    form = metrics.OFFERED[request.accept_mimetypes.best_match([*metrics.OFFERED], default=Form.PROMETHEUS)]
    exposed = metrics.exposition(current_app, [*owing.gauges(), *standing.gauges(), *_redis_gauges()], form=form)
    response = Response(exposed, content_type=f"{form}; charset=utf-8")
    response.vary.add("Accept")
    return fields.direct(response, Content.OPERATIONS)


def cache_report() -> Response:
    """Return how the cache does."""
    _admit()
    windows, owed = lately.windows(), owing.backlog()
    return _json(
        CacheReport(
            windows=None if windows is None else {name: WindowOut.model_validate(one) for name, one in windows.items()},
            store=_store(),
            outbox=None if owed is None else BacklogOut.model_validate(owed),
        )
    )


OPERATIONS: Final = (
    Operation("/health", alive, Health),
    Operation("/ready", ready, Ready, statuses=(200, 503)),
    Operation("/metrics", exposition, None, statuses=(200, 403)),
    Operation("/metrics/cache", cache_report, CacheReport, statuses=(200, 403)),
)


def _redis_gauges() -> list[Metric]:
    settings: Settings = current_app.extensions["settings"]
    return redis_gauges.gauges(servers.read_store(settings.redis_url)) if settings.cache_enabled else []


def _store() -> StoreOut:
    settings: Settings = current_app.extensions["settings"]
    breakers = stores.current().health()
    reading = servers.read_store(settings.redis_url) if settings.cache_enabled else None
    return StoreOut(
        connection="disabled" if not settings.cache_enabled else "up" if reading else "down",
        reads_breaker=breakers.reads.phase,
        bumps_breaker=breakers.bumps.phase,
        **(asdict(reading) if reading else {}),
    )


def _dependencies(settings: Settings) -> tuple[Dependency, ...]:
    database = Dependency("database", partial(servers.ping_database, db.engine), is_vital=True)
    broker = Dependency("broker", partial(servers.ping_redis, settings.celery_broker_url), is_vital=False)
    if not settings.cache_enabled:
        return database, broker
    return database, Dependency("cache", stores.current().ping, is_vital=False), broker


def _json(told: Output) -> Response:
    return fields.direct(Response(told.model_dump_json(exclude_none=True), mimetype=JSON), Content.OPERATIONS)


def _admit() -> None:
    if not _is_operator():
        raise ForbiddenError(
            f"This is for the loopback, METRICS_ALLOWED_NETWORKS, admins, or a key with the scope {SCOPE}."
        )


def _is_operator() -> bool:
    settings: Settings = current_app.extensions["settings"]
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  no address is nobody's
    if address.is_loopback or any(address in network for network in settings.metrics_allowed_networks):
        return True
    return MAY_MEASURE.lets_in(caller.admit())
