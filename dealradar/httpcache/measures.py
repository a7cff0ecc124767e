"""What is counted of recomputing, beside what the cache store tells of its leases."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

RECOMPUTES: Final = Counter(
    "dealradar_cache_recomputes",
    "How those who found nothing to serve got an answer: computed it with the lease, without it, or were given it.",
    ("turn",),
)
RECOMPUTE_SECONDS: Final = Histogram(
    "dealradar_cache_recompute_duration_seconds",
    "How long it took to compute an answer anew, from the database to its body.",
    ("endpoint",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
BODY_BYTES: Final = Histogram(
    "dealradar_cache_body_bytes",
    "Bytes of the bodies that were computed, before they are compressed.",
    ("endpoint",),
    buckets=(256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576),
)
WAITING: Final = Gauge(
    "dealradar_cache_waiting_requests",
    "Requests that wait for another one to compute what they want as well.",
    multiprocess_mode="livesum",
)
SHIELD: Final = Counter(
    "dealradar_cache_shield", "Whether a recompute found a free place, at once, late, or not in time.", ("outcome",)
)
REFUSALS: Final = Counter(
    "dealradar_cache_refused_stores", "Computed answers that were not stored, and why not.", ("reason",)
)
REFRESHES: Final = Counter(
    "dealradar_cache_refreshes", "Refreshes of entries that were still valid, and how they ended.", ("due", "outcome")
)
WARMED: Final = Counter(
    "dealradar_cache_warmed_paths", "Paths whose answers workers were to make before anybody asks.", ("outcome",)
)
WARM_SKIPS: Final = Counter(
    "dealradar_cache_warm_skips", "Pages in demand that workers looked at and left as they are, and why.", ("reason",)
)
WARM_RUNS: Final = Counter(
    "dealradar_cache_warm_runs",
    "Jobs of warming that were done, and whether all of their paths could be.",
    ("outcome",),
)
REPLICA_FILLS: Final = Counter(
    "dealradar_replica_fills",
    "Whether what was computed for the cache was read at the replica, or why not.",
    ("outcome",),
)
SAMPLES: Final = Counter(
    "dealradar_cache_samples",
    "Stored answers that were computed anew to be compared, and what came of it.",
    ("verdict",),
)
