"""Notices of alerts as tests want them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dealradar.monitoring.mail.notices import Kind, Notice

NOON: Final = datetime(2026, 11, 23, 12, 17, tzinfo=UTC)
FIRED: Final = Notice(
    alert_id=12,
    number=1,
    kind=Kind.FIRED,
    signal="cache_hit_ratio",
    title="Cache hit ratio",
    level_before="ok",
    level="critical",
    unit="ratio",
    value=0.54,
    value_text="54 %",
    threshold_text="critical below 60 %",
    since=NOON - timedelta(minutes=14),
    meaning="More answers than usual are computed.",
    runbook=("See which endpoints miss: `flask cache stats`.", "Look at <maxmemory>."),
    warning=0.8,
    critical=0.6,
    history=tuple((NOON - timedelta(minutes=minute), 0.54 + minute / 200) for minute in range(60, -1, -1)),
)


def notice(**changes: Any) -> Notice:
    """Return that the hit ratio is critical, with *changes*."""
    return replace(FIRED, **changes)
