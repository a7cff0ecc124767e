"""What is measured of requests, by their route; never by their path, which anybody may make up.

prometheus-flask-exporter counts what Flask answers. What is answered without Flask is added to the same families.
"""

from typing import Any, Final, NamedTuple, cast

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.registry import Collector
from prometheus_flask_exporter import PrometheusMetrics

from dealradar.monitoring.ended import Ended
from dealradar.monitoring.observations import Observed, add

UNROUTED: Final = "(none)"
DURATION_BUCKETS_S: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
STATEMENT_BUCKETS: Final = (0, 1, 2, 3, 5, 8, 13, 21, 34)
DATABASE_BUCKETS_S: Final = (0.0, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

STATEMENTS: Final = Histogram(
    "dealradar_http_request_statements", "SQL statements that a request sent.", ("route",), buckets=STATEMENT_BUCKETS
)
DATABASE_SECONDS: Final = Histogram(
    "dealradar_http_request_database_seconds",
    "How long a request waited for the database to answer its statements.",
    ("route",),
    buckets=DATABASE_BUCKETS_S,
)
BODY_BYTES: Final = Counter(
    "dealradar_http_response_body_bytes", "Bytes of the bodies that requests were answered with, as they were sent."
)
UNSENT_BYTES: Final = Counter(
    "dealradar_http_unsent_body_bytes",
    "Bytes of bodies that weren't sent because the client had them already, and was told so by a 304.",
)
_EXTENSION: Final = "http_measures"
_DURATIONS: Final = "flask_http_request_duration_seconds"
_REQUESTS: Final = "flask_http_request"


class Alike(NamedTuple):
    """Requests that were answered alike and without a statement: *durations* are in `DURATION_BUCKETS_S`."""

    route: str
    status: int
    durations: Observed
    body_bytes: int
    method: str = "GET"


class _Families(CollectorRegistry):
    """A registry that knows its families by their names, so that others than their maker can add to them."""

    def __init__(self) -> None:
        super().__init__()
        self.by_name: dict[str, Collector] = {}

    def register(self, collector: Collector) -> None:
        super().register(collector)
        self.by_name |= {family.name: collector for family in collector.collect()}


def connect(app: Flask) -> None:
    """Count and time every request of *app*."""
    app.extensions[_EXTENSION] = PrometheusMetrics(
        app, path=None, group_by=_route, buckets=DURATION_BUCKETS_S, registry=_Families()
    )


def registry_of(app: Flask) -> CollectorRegistry:
    """Return where the exporter's families of *app* are."""
    return _families(app)


def add_alike(app: Flask, alike: Alike) -> None:
    """Count requests that Flask has seen nothing of, as if it had."""
    by_name, count = _families(app).by_name, alike.durations.count
    durations, requests = cast("Histogram", by_name[_DURATIONS]), cast("Counter", by_name[_REQUESTS])
    add(durations.labels(method=alike.method, route=alike.route, status=alike.status), alike.durations)
    requests.labels(method=alike.method, status=alike.status).inc(count)
    add(STATEMENTS.labels(alike.route), _zeros(count, len(STATEMENT_BUCKETS)))
    add(DATABASE_SECONDS.labels(alike.route), _zeros(count, len(DATABASE_BUCKETS_S)))
    BODY_BYTES.inc(alike.body_bytes)


def add_one(app: Flask, ended: Ended) -> None:
    """Add a request that Flask has seen nothing of to what the exporter counts, and to nothing else."""
    by_name = _families(app).by_name
    durations, requests = cast("Histogram", by_name[_DURATIONS]), cast("Counter", by_name[_REQUESTS])
    durations.labels(method=ended.method, route=ended.route, status=ended.status).observe(ended.duration_s)
    requests.labels(method=ended.method, status=ended.status).inc()


def _zeros(count: int, bounds: int) -> Observed:
    return Observed((count, *(0,) * bounds), 0.0)


def _families(app: Flask) -> _Families:
    exporter: PrometheusMetrics = app.extensions[_EXTENSION]
    return cast("_Families", exporter.registry)


def _route(request: Any) -> str:  # noqa: ANN401  the library's own proxy
    return str(request.url_rule) if request.url_rule is not None else UNROUTED


_route.__name__ = "route"  # the exporter labels by the function's name
