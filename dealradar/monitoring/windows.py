"""How the site did of late, over all processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from dealradar.monitoring import readings
from dealradar.monitoring.latencies import percentile
from dealradar.monitoring.tallies import SLOT_S, Tally

NAMED_SPANS_S: Final[Mapping[str, int]] = MappingProxyType({"1m": 60, "5m": 300, "1h": 3_600})


@dataclass(frozen=True)
class EndpointWindow:
    """What requests of one route, or of all, came to.

    *lookups* are answers for which the cache was asked and answered, *bypasses* those for which it wasn't or didn't;
    *errors* are 5xx.
    Ratios and durations are None where there is nothing to tell them by.
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
    hit_ratio: float | None
    mean_s: float | None
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None


@dataclass(frozen=True)
class Window(EndpointWindow):
    """Likewise of all routes, the last *span_s* seconds and what has passed of a slot, and by route.

    Processes tell what they answered with a delay of two seconds, by which *rate_per_s* may be behind.
    """

    span_s: int
    rate_per_s: float
    endpoints: Mapping[str, EndpointWindow]


def read_window(span_s: int, *, now: datetime) -> Window:
    """Return how the last *span_s* seconds before *now* were; the caller ends the transaction.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    (window,) = read_windows((span_s,), now=now)
    return window


def read_windows(spans_s: Sequence[int], *, now: datetime) -> tuple[Window, ...]:
    """Return the same of each of *spans_s*, at once."""
    starts = [start_of(now, span_s) for span_s in spans_s]
    rows = readings.since(min(starts), until=now)
    return tuple(
        _window([row for row in rows if row.at >= start], span_s, elapsed_s=(now - start).total_seconds())
        for start, span_s in zip(starts, spans_s, strict=True)
    )


def start_of(now: datetime, span_s: int) -> datetime:
    """Return when the slot began that was *span_s* before *now*."""
    start_s = (now.timestamp() - span_s) // SLOT_S * SLOT_S
    return datetime.fromtimestamp(start_s, now.tzinfo)


def figures(tally: Tally) -> dict[str, Any]:
    """Return what *tally* comes to: the fields of an `EndpointWindow`."""
    lookups = tally.hits + tally.misses + tally.stale
    return {
        **{name: getattr(tally, name) for name in _COUNTED},
        "lookups": lookups,
        "hit_ratio": tally.hits / lookups if lookups else None,
        "mean_s": tally.duration_s / tally.requests if tally.requests else None,
        "p50_s": percentile(tally.latencies, 0.5),
        "p95_s": percentile(tally.latencies, 0.95),
        "p99_s": percentile(tally.latencies, 0.99),
    }


_COUNTED: Final = (
    *("requests", "errors", "not_modified", "hits", "misses", "stale", "bypasses"),
    *("statements", "database_s"),
)


def _window(rows: Sequence[readings.Reading], span_s: int, *, elapsed_s: float) -> Window:
    routes = readings.summed(rows)
    total = Tally.total(list(routes.values()))
    return Window(
        **figures(total),
        span_s=span_s,
        rate_per_s=total.requests / elapsed_s,
        endpoints={route: EndpointWindow(**figures(tally)) for route, tally in sorted(routes.items())},
    )
