"""What is counted of those who show credentials."""

from typing import Final

from prometheus_client import Counter

RECOGNISED: Final = Counter(
    "dealradar_recognitions",
    "Credentials that were shown, and how it was found out whose they are.",
    ("credential", "by"),
)
