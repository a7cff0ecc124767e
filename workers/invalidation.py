from celery import shared_task

from dealradar import invalidation
from dealradar.jobs import Job


@shared_task(name=Job.DELIVER_INVALIDATIONS)
def deliver(transaction_ids: list[int]) -> int:
    """Note that what transactions owed the cache is paid; return how many tags."""
    return invalidation.deliver(transaction_ids)


@shared_task(name=Job.SWEEP_INVALIDATIONS)
def sweep() -> int:
    """Invalidate what is still owed; return how many tags."""
    return invalidation.sweep()
