"""Where what is to be told goes while the database is away."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from dealradar.monitoring.mail.notices import Notice

log = structlog.get_logger(__name__)


def spool(notices: Sequence[Notice], *, now: datetime) -> int:
    """Log what is told by *notices*; return how many they are."""
    for notice in notices:
        log.warning("told", signal=notice.signal, kind=notice.kind, value=notice.value_text, at=now.isoformat())
    return len(notices)
