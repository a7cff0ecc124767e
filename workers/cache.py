from datetime import UTC, datetime

from celery import shared_task

from dealradar.httpcache.control import warming
from dealradar.invalidation import bookkeeping, control, keeping_warm, spot_checks, transaction
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


@shared_task(name=Job.KEEP_WARM)
def keep_warm() -> int:
    """Compute what is in demand and isn't stored, or is about to expire; return how many answers."""
    return keeping_warm.keep_warm()


@shared_task(name=Job.LEARN_DEMAND)
def learn_demand() -> int:
    """Have the database remember what is asked for most; return how many paths that are."""
    with bookkeeping():
        return warming.learn()
