from datetime import UTC, datetime

from celery import shared_task

from dealradar.httpcache.control import warming
from dealradar.invalidation import bookkeeping, control, spot_checks, transaction
from dealradar.jobs import Job
from dealradar.monitoring import sampling


@shared_task(name=Job.WORK_ON_CACHE)
def work() -> int:
    """Do what operators asked for; return how many jobs were done."""
    return control.work()


@shared_task(name=Job.SAMPLE_CACHE)
def sample() -> int:
    """Compare a few stored answers with the database, and heal what is stale; return how many were compared."""
    samples = spot_checks.compare()
    with transaction():
        spot_checks.heal(samples)
        return sampling.note([each.verdict for each in samples], now=datetime.now(UTC))


@shared_task(name=Job.LEARN_DEMAND)
def learn_demand() -> int:
    """Have the database remember what is asked for most; return how many paths that are."""
    with bookkeeping():
        return warming.learn()
