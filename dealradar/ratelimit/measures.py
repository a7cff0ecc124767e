"""What is counted of limiting."""

from typing import Final

from prometheus_client import Counter

REFUSED: Final = Counter(
    "dealradar_ratelimit_refused_requests", "Requests that were refused because there had been too many.", ("limit",)
)
