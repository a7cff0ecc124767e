"""What operators are answered."""

from typing import Literal

from dealradar.cache import Phase
from dealradar.domain.shapes import Output
from dealradar.monitoring.health import Readiness


class Health(Output):
    """That this process can serve, and since when."""

    status: Literal["ok"]
    version: str
    uptime_s: float


class FindingOut(Output):
    """Whether one server that is depended on answers."""

    name: str
    is_up: bool
    is_vital: bool
    latency_s: float
    error: str | None = None


class Ready(Output):
    """Whether requests should be sent here."""

    status: Readiness
    dependencies: list[FindingOut] | None = None


class FiguresOut(Output):
    """What requests came to: how many there were, how they were answered, how long they took.

    `lookups` are those for which the cache was asked and answered, `hit_ratio` is the hits among them; `errors` are
    5xx.
    """

    requests: int
    errors: int
    not_modified: int
    hits: int
    misses: int
    stale: int
    bypasses: int
    lookups: int
    statements: int
    database_s: float
    hit_ratio: float | None = None
    mean_s: float | None = None
    p50_s: float | None = None
    p95_s: float | None = None
    p99_s: float | None = None


class WindowOut(FiguresOut):
    """The same of the last `span_s` seconds, in all and by the endpoint's rule below `/api`."""

    span_s: int
    rate_per_s: float
    endpoints: dict[str, FiguresOut]


class StoreOut(Output):
    """The cache store, as it is seen from here."""

    connection: Literal["up", "down", "disabled"]
    reads_breaker: Phase
    bumps_breaker: Phase
    keys: int | None = None
    memory_bytes: int | None = None
    max_memory_bytes: int | None = None
    evictions: int | None = None
    expirations: int | None = None
    clients: int | None = None


class BacklogOut(Output):
    """How many tags not every target of invalidations knows yet, and for how long the oldest has been owed."""

    tags: int
    oldest_s: float


class CacheReport(Output):
    """How the site and its cache do, of late and now; `windows` and `outbox` are missing without the database."""

    windows: dict[str, WindowOut] | None = None
    store: StoreOut
    outbox: BacklogOut | None = None
