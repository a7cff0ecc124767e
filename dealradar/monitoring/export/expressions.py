"""How each signal is expressed over what /metrics tells, and over what series its rule is tried."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dealradar.monitoring.alerts.signals import Signal


@dataclass(frozen=True)
class Series:
    """A series of a trial: by how much it grows each step, or, of a gauge, what it is, while it is bad and after."""

    name: str
    bad: float
    good: float
    grows: bool = True


@dataclass(frozen=True)
class Expression:
    """What a signal's value is in PromQL, and how much there was of what it is of; ``{window}`` is its window.

    *series* are as bad as can be, then as good, whatever the thresholds are.
    """

    signal: Signal
    value: str
    series: tuple[Series, ...]
    amount: str | None = None


def _gauge(name: str, bad: float, good: float) -> Series:
    return Series(name, bad, good, grows=False)


_LOOKUPS: Final = 'sum(increase(dealradar_cache_responses_total{result=~"HIT|MISS"}[{window}]))'
_REQUESTS: Final = "sum(increase(flask_http_request_total[{window}]))"
_SAMPLES: Final = 'sum(increase(dealradar_cache_samples_total{verdict=~"fresh|stale"}[{window}]))'
_DURATION: Final = "flask_http_request_duration_seconds"
_FAR: Final = 1e9

EXPRESSIONS: Final = (
    Expression(
        Signal.CACHE_HIT_RATIO,
        f'sum(increase(dealradar_cache_responses_total{{result="HIT"}}[{{window}}])) / {_LOOKUPS}',
        (
            Series('dealradar_cache_responses_total{result="HIT"}', 0, 600),
            Series('dealradar_cache_responses_total{result="MISS"}', 600, 0),
        ),
        _LOOKUPS,
    ),
    Expression(
        Signal.RESPONSE_TIME_MEAN,
        f"sum(increase({_DURATION}_sum[{{window}}])) / sum(increase({_DURATION}_count[{{window}}]))",
        (
            Series(f"{_DURATION}_sum", _FAR, 0),
            Series(f"{_DURATION}_count", 600, 600),
            Series("flask_http_request_total", 600, 600),
        ),
        _REQUESTS,
    ),
    Expression(
        Signal.RESPONSE_TIME_P95,
        f"histogram_quantile(0.95, sum by (le) (increase({_DURATION}_bucket[{{window}}])))",
        (
            Series(f'{_DURATION}_bucket{{le="0.0001"}}', 0, 600),
            Series(f'{_DURATION}_bucket{{le="100000"}}', 0, 600),
            Series(f'{_DURATION}_bucket{{le="+Inf"}}', 600, 600),
            Series("flask_http_request_total", 600, 600),
        ),
        _REQUESTS,
    ),
    Expression(
        Signal.ERROR_RATE,
        f'sum(increase(flask_http_request_total{{status=~"5.."}}[{{window}}])) / {_REQUESTS}',
        (
            Series('flask_http_request_total{status="500"}', 600, 0),
            Series('flask_http_request_total{status="200"}', 0, 600),
        ),
        _REQUESTS,
    ),
    Expression(
        Signal.REDIS_MEMORY, "max(dealradar_redis_memory_bytes)", (_gauge("dealradar_redis_memory_bytes", 1e15, 0),)
    ),
    Expression(
        Signal.REDIS_CONNECTION,
        "max(2 * (1 - dealradar_redis_up) or clamp_max(sum(dealradar_cache_breakers_open), 1))",
        (_gauge("dealradar_redis_up", 0, 1), _gauge('dealradar_cache_breakers_open{breaker="reads"}', 2, 0)),
    ),
    Expression(Signal.BROKER_CONNECTION, "2 * (1 - min(dealradar_broker_up))", (_gauge("dealradar_broker_up", 0, 1),)),
    Expression(
        Signal.OUTBOX_OLDEST,
        "max(dealradar_invalidation_owed_oldest_seconds)",
        (_gauge("dealradar_invalidation_owed_oldest_seconds", 1e6, 0),),
    ),
    Expression(
        Signal.STALE_RATIO,
        f'sum(increase(dealradar_cache_samples_total{{verdict="stale"}}[{{window}}])) / {_SAMPLES}',
        (
            Series('dealradar_cache_samples_total{verdict="stale"}', 600, 0),
            Series('dealradar_cache_samples_total{verdict="fresh"}', 0, 600),
        ),
        _SAMPLES,
    ),
    Expression(
        Signal.CELERY_SILENT,
        "time() - max(dealradar_task_last_run_timestamp_seconds)",
        (_gauge("dealradar_task_last_run_timestamp_seconds", -_FAR, _FAR),),
    ),
    Expression(Signal.DATABASE_DOWN, "2 * (1 - min(dealradar_database_up))", (_gauge("dealradar_database_up", 0, 1),)),
    Expression(Signal.DISK_FREE, "min(dealradar_disk_free_ratio)", (_gauge("dealradar_disk_free_ratio", 0, 1),)),
    Expression(
        Signal.MAIL_FAILING,
        "max(dealradar_alert_mail_failing_seconds)",
        (_gauge("dealradar_alert_mail_failing_seconds", 1e6, 0),),
    ),
)

BY_SIGNAL: Final = MappingProxyType({expression.signal: expression for expression in EXPRESSIONS})
