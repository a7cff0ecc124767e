from celery import shared_task

from dealradar import invalidation
from dealradar.jobs import Job


@shared_task(name=Job.DELIVER_INVALIDATIONS)
def deliver(paid: list[tuple[int, int]]) -> int:
    """Note that what transactions owed the cache is paid, of each up to a kind; return how many tags."""
    return invalidation.deliver(paid)


@shared_task(name=Job.SWEEP_INVALIDATIONS)
def sweep() -> int:
    """Invalidate what is still owed; return how many tags."""
    return invalidation.sweep()
