"""What is told of readings and processes over HTTP."""

from dataclasses import asdict
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field

from dealradar.domain.shapes import Moment, Output, Query
from dealradar.monitoring.history import Point
from dealradar.monitoring.processes import Process
from dealradar.rounds import Kind

STEPS_S: Final = MappingProxyType({"15m": (900, 10), "1h": (3_600, 30), "24h": (86_400, 300)})
"""Each range: how many seconds it has, and each of its steps."""


class HistoryQuery(Query):
    """How far back to look."""

    range: Annotated[Literal["15m", "1h", "24h"], Field(description="In steps of 10 s, 30 s and 5 minutes.")] = "1h"


class PointOut(Output):
    """One step: what requests in it came to and how the servers did last; null where nothing is known."""

    at: Moment
    rate_per_s: float | None
    requests: int | None
    errors: int | None
    not_modified: int | None
    hits: int | None
    misses: int | None
    stale: int | None
    bypasses: int | None
    lookups: int | None
    statements: int | None
    database_s: float | None
    hit_ratio: float | None
    mean_s: float | None
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    redis_memory_bytes: int | None
    redis_max_memory_bytes: int | None
    redis_keys: int | None
    redis_clients: int | None
    redis_evictions: int | None
    outbox_rows: int | None
    outbox_oldest_s: float | None
    stale_ratio: float | None

    @classmethod
    def of(cls, point: Point) -> Self:
        """Return *point* without its parts' borders."""
        told: dict[str, Any] = dict.fromkeys(cls.model_fields)
        for part in (point.gauges, point.window):
            told |= asdict(part) if part is not None else {}
        told |= {"at": point.at, "rate_per_s": point.rate_per_s, "stale_ratio": point.stale and point.stale.ratio}
        return cls(**told)


class HistoryOut(Output):
    """The steps of a range, the oldest first."""

    step_s: int
    points: list[PointOut]


class ProcessOut(Output):
    """A process that lives, or died within an hour: `seen_at` is renewed every 10 s. Where beat runs isn't known."""

    id: UUID
    kind: Kind
    host: str | None
    pid: int | None
    started_at: Moment
    seen_at: Moment


class ProcessesOut(Output):
    """The processes of all hosts."""

    items: list[ProcessOut]

    @classmethod
    def of(cls, processes: tuple[Process, ...]) -> Self:
        """Return *processes* in their order."""
        return cls(items=[ProcessOut.model_validate(one) for one in processes])
