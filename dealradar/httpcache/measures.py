"""What is counted of recomputing, beside what the cache store tells of its leases."""

from typing import Final

from prometheus_client import Counter, Gauge

RECOMPUTES: Final = Counter(
    "dealradar_cache_recomputes",
    "How those who found nothing to serve got an answer: computed it with the lease, without it, or were given it.",
    ("turn",),
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
