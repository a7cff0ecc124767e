from datetime import UTC, datetime

from celery import shared_task

from dealradar.invalidation import bookkeeping
from dealradar.jobs import Job
from dealradar.monitoring import gauges, processes, readings


@shared_task(name=Job.SEE_BEAT)
def see_beat() -> None:
    """Note that beat is alive."""
    with bookkeeping():
        processes.see_beat()


@shared_task(name=Job.TIDY_READINGS)
def tidy_readings() -> int:
    """Make one row of what several processes wrote, and forget what is a day old; return how many rows went."""
    now = datetime.now(UTC)
    with bookkeeping():
        merged = readings.merge()
    with bookkeeping():
        return merged + readings.forget(now=now) + gauges.forget(now=now) + processes.forget(now=now)
