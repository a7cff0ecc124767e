"""What is measured of the cache store as this process sees it, from what the cache tells of itself."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from dealradar.cache import Did, Event, Phase

OPERATIONS: Final = Counter(
    "dealradar_cache_operations", "What was asked of the cache store, and how it ended.", ("operation", "outcome")
)
OPERATION_SECONDS: Final = Histogram(
    "dealradar_cache_operation_duration_seconds",
    "How long the cache store took.",
    ("operation",),
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)
ROUND_TRIPS: Final = Counter(
    "dealradar_cache_round_trips", "Exchanges with the server of the cache store, and how they ended.", ("outcome",)
)
ENTRY_BYTES: Final = Histogram(
    "dealradar_cache_entry_bytes",
    "Bytes of the entries that were stored, with all codings of their bodies.",
    buckets=(512, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576),
)
BREAKER_CHANGES: Final = Counter(
    "dealradar_cache_breaker_changes", "How often a process's breaker came into a phase.", ("breaker", "phase")
)
BREAKERS_OPEN: Final = Gauge(
    "dealradar_cache_breakers_open",
    "Processes that do without the store just now: their breaker is open, or half open to find out.",
    ("breaker",),
    multiprocess_mode="livesum",
)
BREAKERS: Final = {Did.READS_BREAKER: "reads", Did.BUMPS_BREAKER: "bumps"}


def observe(event: Event) -> None:
    """Count what the cache store did."""
    if event.did is Did.ROUND_TRIP:
        ROUND_TRIPS.labels(event.outcome).inc()
    elif event.did in BREAKERS:
        BREAKER_CHANGES.labels(BREAKERS[event.did], event.outcome).inc()
        BREAKERS_OPEN.labels(BREAKERS[event.did]).set(event.outcome != Phase.CLOSED)
    else:
        OPERATIONS.labels(event.did, event.outcome).inc()
        OPERATION_SECONDS.labels(event.did).observe(event.duration_s)
        if event.stored_bytes:
            ENTRY_BYTES.observe(event.stored_bytes)
