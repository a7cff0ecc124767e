"""What the dashboard for Grafana shows: a line a panel."""

from dataclasses import dataclass
from typing import Final

_DURATION: Final = "flask_http_request_duration_seconds"
_RESPONSES: Final = "dealradar_cache_responses_total"


@dataclass(frozen=True)
class Panel:
    """A chart: *queries* in PromQL, each with how Grafana is to name what it finds; *unit* is Grafana's word for it."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """Panels that belong together."""

    title: str
    panels: tuple[Panel, ...]


def _rate(family: str, by: str) -> tuple[tuple[str, str], ...]:
    """Return how fast *family* grows, by a label."""
    return ((f"sum by ({by}) (rate({family}[$__rate_interval]))", f"{{{{{by}}}}}"),)


def _quantile(part: float, family: str, by: str = "") -> tuple[str, str]:
    """Return which value *part* of the observations of *family* do not exceed, by a label if one is named."""
    kept = f"le, {by}" if by else "le"
    query = f"histogram_quantile({part:g}, sum by ({kept}) (rate({family}_bucket[$__rate_interval])))"
    return query, f"{{{{{by}}}}}" if by else f"p{part * 100:g}"


def _mean(family: str, by: str) -> tuple[tuple[str, str], ...]:
    """Return the mean of the observations of *family*, by a label."""
    total, count = (f"sum by ({by}) (rate({family}_{what}[$__rate_interval]))" for what in ("sum", "count"))
    return ((f"{total} / {count}", f"{{{{{by}}}}}"),)


def _share(family: str, part: str, whole: str) -> str:
    """Return which share of what *whole* selects of *family* is what *part* selects."""
    return " / ".join(f"sum(rate({family}{{{which}}}[$__rate_interval]))" for which in (part, whole))


ROWS: Final = (
    Row(
        "Requests",
        (
            Panel("Requests by status", "reqps", _rate("flask_http_request_total", "status")),
            Panel("Time to answer", "s", tuple(_quantile(part, _DURATION) for part in (0.5, 0.95, 0.99))),
            Panel(
                "Server errors",
                "percentunit",
                ((_share("flask_http_request_total", 'status=~"5.."', 'status=~".+"'), "5xx"),),
            ),
            Panel("Time to answer, p95 by route", "s", (_quantile(0.95, _DURATION, "route"),)),
            Panel("Statements a request", "short", _mean("dealradar_http_request_statements", "route")),
            Panel("Database seconds a request", "s", _mean("dealradar_http_request_database_seconds", "route")),
            Panel(
                "Bodies sent, and spared by 304",
                "Bps",
                (
                    ("sum(rate(dealradar_http_response_body_bytes_total[$__rate_interval]))", "sent"),
                    ("sum(rate(dealradar_http_unsent_body_bytes_total[$__rate_interval]))", "spared"),
                ),
            ),
            Panel("Refused by limits", "reqps", _rate("dealradar_ratelimit_refused_requests_total", "limit")),
        ),
    ),
    Row(
        "The cache",
        (
            Panel(
                "Hit ratio", "percentunit", ((_share(_RESPONSES, 'result="HIT"', 'result=~"HIT|MISS"'), "hit ratio"),)
            ),
            Panel("Answers by result", "reqps", _rate(_RESPONSES, "result")),
            Panel(
                "Why not from the cache",
                "reqps",
                ((f'sum by (reason) (rate({_RESPONSES}{{result!="HIT"}}[$__rate_interval]))', "{{reason}}"),),
            ),
            Panel("Age of hits, p95", "s", (_quantile(0.95, "dealradar_cache_hit_age_seconds", "endpoint"),)),
            Panel(
                "Time to recompute, p95",
                "s",
                (_quantile(0.95, "dealradar_cache_recompute_duration_seconds", "endpoint"),),
            ),
            Panel("Recomputes by turn", "ops", _rate("dealradar_cache_recomputes_total", "turn")),
            Panel("Background refreshes", "ops", _rate("dealradar_cache_refreshes_total", "outcome")),
            Panel("Waiting for another's answer", "short", (("sum(dealradar_cache_waiting_requests)", "waiting"),)),
            Panel("Hits that warming earned", "reqps", _rate("dealradar_cache_warmed_hits_total", "endpoint")),
            Panel("Not stored, and why", "ops", _rate("dealradar_cache_refused_stores_total", "reason")),
            Panel("Mean body, before compression", "bytes", _mean("dealradar_cache_body_bytes", "endpoint")),
            Panel("Samples by verdict", "ops", _rate("dealradar_cache_samples_total", "verdict")),
        ),
    ),
    Row(
        "The store",
        (
            Panel(
                "Answers, and processes that do without",
                "short",
                (
                    ("min(dealradar_redis_up)", "up"),
                    ("sum by (breaker) (dealradar_cache_breakers_open)", "without: {{breaker}}"),
                ),
            ),
            Panel(
                "Memory",
                "bytes",
                (("max(dealradar_redis_memory_bytes)", "used"), ("max(dealradar_redis_max_memory_bytes)", "limit")),
            ),
            Panel(
                "Keys evicted and expired",
                "ops",
                (
                    ("sum(rate(dealradar_redis_evicted_keys_total[$__rate_interval]))", "evicted"),
                    ("sum(rate(dealradar_redis_expired_keys_total[$__rate_interval]))", "expired"),
                ),
            ),
            Panel("Keys", "short", (("max(dealradar_redis_keys)", "keys"),)),
            Panel("Round trips by outcome", "ops", _rate("dealradar_cache_round_trips_total", "outcome")),
            Panel(
                "Time of an operation, p95",
                "s",
                (_quantile(0.95, "dealradar_cache_operation_duration_seconds", "operation"),),
            ),
        ),
    ),
    Row(
        "Invalidation and background work",
        (
            Panel("Tags invalidated, and why", "ops", _rate("dealradar_invalidation_tags_total", "reason")),
            Panel(
                "From commit to invalidated, p99", "s", (_quantile(0.99, "dealradar_invalidation_lag_seconds", "way"),)
            ),
            Panel("Tags owed", "short", (("max(dealradar_invalidation_owed_tags)", "owed"),)),
            Panel("Oldest tag owed", "s", (("max(dealradar_invalidation_owed_oldest_seconds)", "oldest"),)),
            Panel("Delivered to other caches", "ops", _rate("dealradar_invalidation_deliveries_total", "target")),
            Panel("Background tasks", "ops", _rate("dealradar_task_runs_total", "task")),
            Panel("Time of a task, p95", "s", (_quantile(0.95, "dealradar_task_duration_seconds", "task"),)),
            Panel("Mails about alerts", "ops", _rate("dealradar_alert_mails_total", "outcome")),
        ),
    ),
)
