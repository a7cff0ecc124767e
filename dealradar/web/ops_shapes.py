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


class ResultsOut(Output):
    """How the answers of cacheable endpoints were come by, since the start."""

    hit_ratio: float | None = None
    hits: int
    misses: int
    bypasses: int


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


class CacheReport(ResultsOut):
    """How the cache does, in all and by endpoint; *outbox* is missing while the database can't be asked."""

    endpoints: dict[str, ResultsOut]
    store: StoreOut
    outbox: BacklogOut | None = None
