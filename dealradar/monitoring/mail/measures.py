"""What is counted of mails."""

from typing import Final

from prometheus_client import Counter

MAILS: Final = Counter(
    "dealradar_alert_mails", "Tries to pass on a mail about alerts, by how they ended.", ("outcome",)
)
