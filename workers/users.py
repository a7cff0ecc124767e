import time
from datetime import UTC, datetime

from celery import shared_task

from dealradar.domain import users
from dealradar.invalidation import keep_out, transaction
from dealradar.jobs import Job
from workers.schedule import REPUTATION_PARTS, REPUTATIONS_EVERY_S


@shared_task(name=Job.REFRESH_REPUTATIONS)
def refresh_reputations() -> int:
    """Bring the reputations of those up to date whose turn it is by the clock; return how many changed."""
    part = int(time.time() // REPUTATIONS_EVERY_S) % REPUTATION_PARTS
    with transaction():
        return users.refresh_reputations(part, of=REPUTATION_PARTS)


@shared_task(name=Job.FORGET_TOKENS)
def forget_tokens() -> int:
    """Delete tokens that expired long ago; return how many."""
    with transaction():
        keep_out()  # what is over for so long is in no cache
        return users.tokens.forget_expired(now=datetime.now(UTC))
