"""How each signal is measured: a line a signal."""

from typing import Final

from dealradar.monitoring.alerts import dependencies, work
from dealradar.monitoring.alerts.gauging import Gauge
from dealradar.monitoring.alerts.signals import Signal

GAUGES: Final = (
    work.of_traffic(Signal.CACHE_HIT_RATIO),
    work.of_traffic(Signal.RESPONSE_TIME_MEAN),
    work.of_traffic(Signal.RESPONSE_TIME_P95),
    work.of_traffic(Signal.ERROR_RATE),
    Gauge(Signal.REDIS_MEMORY, dependencies.read_redis_memory),
    Gauge(Signal.REDIS_CONNECTION, dependencies.read_redis_connection),
    Gauge(Signal.BROKER_CONNECTION, dependencies.read_broker_connection),
    Gauge(Signal.OUTBOX_OLDEST, work.read_outbox),
    Gauge(Signal.STALE_RATIO, work.read_stale_ratio),
    Gauge(Signal.CELERY_SILENT, work.read_celery),
    Gauge(Signal.DATABASE_DOWN, dependencies.read_database),
    Gauge(Signal.DISK_FREE, dependencies.read_disk),
    Gauge(Signal.MAIL_FAILING, work.read_mail),
)
