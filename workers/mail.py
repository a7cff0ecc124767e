from datetime import UTC, datetime

from celery import shared_task

from dealradar.invalidation import bookkeeping
from dealradar.jobs import Job
from dealradar.monitoring.mail import reading


@shared_task(name=Job.FORGET_MAILS)
def forget() -> int:
    """Delete mails that were passed on or given up long ago; return how many."""
    with bookkeeping():
        return reading.forget(now=datetime.now(UTC))
