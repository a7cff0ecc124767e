"""What is counted of invalidation, beside what the cache store tells of its bumps."""

from typing import Final

from prometheus_client import Counter, Histogram

PAID: Final = Counter(
    "dealradar_invalidation_transactions",
    "Committed transactions that made something stale: bumped before the answer, or owed to the sweep.",
    ("outcome",),
)
TAGS: Final = Counter(
    "dealradar_invalidation_tags",
    "Tags that were invalidated in the local store, by why, how urgent they were, and what they are of.",
    ("reason", "kind", "tag"),
)
DELIVERIES: Final = Counter(
    "dealradar_invalidation_deliveries",
    "Tags that workers delivered to a target, to the store where its writer had not, and batches that they could not.",
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
REMOTE_LAG: Final = Histogram(
    "dealradar_invalidation_remote_lag_seconds",
    "From the beginning of the write until a target beyond the local store was being told.",
    ("target",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 15.0, 60.0, 300.0),
)
