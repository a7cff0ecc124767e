from datetime import UTC, datetime

from celery import shared_task

from dealradar.domain import users
from dealradar.invalidation import keep_out, transaction
from dealradar.jobs import Job


@shared_task(name=Job.REFRESH_REPUTATIONS)
def refresh_reputations() -> int:
    """Bring everybody's reputation up to date; return how many changed."""
    with transaction():
        return users.refresh_reputations()


@shared_task(name=Job.FORGET_TOKENS)
def forget_tokens() -> int:
    """Delete tokens that expired long ago; return how many."""
    with transaction():
        keep_out()  # what is over for so long is in no cache
        return users.tokens.forget_expired(now=datetime.now(UTC))
