from celery import shared_task

from dealradar import invalidation
from dealradar.jobs import Job


@shared_task(name=Job.DELIVER_INVALIDATIONS)
def deliver(paid: list[tuple[int, int]]) -> int:
    """Note that what transactions owed the cache is paid, of each up to a kind, and pass it on; return the tags."""
    count = invalidation.deliver(paid)
    invalidation.ask_to_tell(invalidation.current())
    return count


@shared_task(name=Job.TELL_TARGET)
def tell(target: str) -> int:
    """Tell one target beyond the local store what it is owed; return how many tags."""
    return invalidation.tell(target)


@shared_task(name=Job.SWEEP_INVALIDATIONS)
def sweep() -> int:
    """Invalidate what is still owed; return how many tags."""
    count = invalidation.sweep()
    invalidation.ask_to_tell(invalidation.current())
    return count
