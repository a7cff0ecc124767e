"""How far delivery is behind, for whoever looks at measures: read when asked for, by whichever process is."""

from typing import Final

import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from dealradar.domain.reading import read_only
from dealradar.invalidation import outbox
from dealradar.invalidation.outbox import Backlog

TAGS: Final = "dealradar_invalidation_owed_tags"
OLDEST: Final = "dealradar_invalidation_owed_oldest_seconds"
FAMILIES: Final = frozenset({TAGS, OLDEST})

log = structlog.get_logger(__name__)


def backlog() -> Backlog | None:
    """Return what is owed, None while the database can't be asked."""
    try:
        with read_only():
            return outbox.backlog()
    except SQLAlchemyError as error:
        log.warning("backlog_unknown", error=type(error).__name__)
        return None


def gauges() -> list[Metric]:
    """Return `FAMILIES`, none of them while the database can't be asked."""
    owed = backlog()
    if owed is None:
        return []
    return [
        GaugeMetricFamily(TAGS, "Tags that not every target knows yet.", value=owed.tags),
        GaugeMetricFamily(OLDEST, "For how long the oldest of them has been owed.", value=owed.oldest_s),
    ]
