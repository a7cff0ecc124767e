"""Where what is to be told goes."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from dealradar.monitoring.mail.notices import Notice

log = structlog.get_logger(__name__)


def queue(notices: Sequence[Notice], *, now: datetime) -> int:
    """Log what is told by *notices*; return how many they are."""
    for notice in notices:
        value, threshold = notice.value_text, notice.threshold_text
        log.warning(
            "told", signal=notice.signal, kind=notice.kind, value=value, threshold=threshold, at=now.isoformat()
        )
    return len(notices)
