"""What is counted of alerts."""

from typing import Final

from prometheus_client import Counter

CHANGES: Final = Counter("dealradar_alert_changes", "Signals that became better or worse.", ("signal", "level"))
TELLINGS: Final = Counter("dealradar_alert_tellings", "What was told of alerts.", ("signal", "kind"))
