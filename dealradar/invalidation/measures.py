"""What is counted of invalidation, beside what the cache store tells of its bumps."""

from typing import Final

from prometheus_client import Counter, Histogram

PAID: Final = Counter(
    "dealradar_invalidation_transactions",
    "Committed transactions that made something stale: bumped before the answer, or owed to the sweep.",
    ("outcome",),
)
DELIVERIES: Final = Counter(
    "dealradar_invalidation_deliveries",
    "Tags that the sweep delivered to a target since nobody else had, and batches that it could not.",
    ("target", "outcome"),
)
MESSAGES: Final = Counter(
    "dealradar_invalidation_messages",
    "Transactions whose payment the workers were told of, or couldn't be.",
    ("outcome",),
)
MERGED: Final = Counter(
    "dealradar_invalidation_merged",
    "Tags that had to wait: moved then, covered by somebody else's move, or left owed to the sweep.",
    ("outcome",),
)
LAG: Final = Histogram(
    "dealradar_invalidation_lag_seconds",
    "From the commit until the local store knew.",
    ("kind", "way"),
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 60.0),
)
