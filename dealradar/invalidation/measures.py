"""What is counted of invalidation, beside what the cache store tells of its bumps."""

from typing import Final

from prometheus_client import Counter

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
