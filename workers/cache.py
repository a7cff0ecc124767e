from celery import shared_task

from dealradar.invalidation import control
from dealradar.jobs import Job


@shared_task(name=Job.WORK_ON_CACHE)
def work() -> int:
    """Do what operators asked for; return how many jobs were done."""
    return control.work()
