"""Whether what is depended on is there, for whoever looks at measures: found out when asked for."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import redis
from flask import current_app
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from dealradar.config import Settings
from dealradar.domain.reading import read_only
from dealradar.monitoring import servers
from dealradar.monitoring.mail.reading import failing

_NAMES: Final = (
    ("dealradar_database_up", "Whether the database answers."),
    ("dealradar_alert_mail_failing_seconds", "For how long mails about alerts have failed to arrive."),
    ("dealradar_broker_up", "Whether the broker answers."),
    ("dealradar_disk_free_ratio", "Which part of the disk is free that this process is on."),
)
FAMILIES: Final = frozenset(name for name, _ in _NAMES)


def gauges() -> list[Metric]:
    """Return `FAMILIES`; one about which nothing can be found out is missing."""
    failing_s = _mail_failing_s()
    values = (float(failing_s is not None), failing_s, _broker_up(), _disk_free())
    told = zip(_NAMES, values, strict=True)
    return [GaugeMetricFamily(name, text, value=value) for (name, text), value in told if value is not None]


def _mail_failing_s() -> float | None:
    """Return for how long mails have failed, None while the database can't be asked."""
    try:
        with read_only():
            return failing(datetime.now(UTC)).lasted_s
    except SQLAlchemyError:
        return None


def _broker_up() -> float:
    settings: Settings = current_app.extensions["settings"]
    try:
        servers.ping_redis(settings.celery_broker_url)
    except redis.RedisError:
        return 0.0
    return 1.0


def _disk_free() -> float:
    disk = shutil.disk_usage(Path.cwd())
    return disk.free / disk.total
