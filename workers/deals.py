from datetime import UTC, datetime

from celery import shared_task

from dealradar.domain import deals
from dealradar.invalidation import transaction
from dealradar.jobs import Job


@shared_task(name=Job.CLOSE_ENDED_DEALS)
def close_ended() -> int:
    """Close the deals whose end has come; return how many."""
    with transaction():
        return deals.close_ended(datetime.now(UTC))
