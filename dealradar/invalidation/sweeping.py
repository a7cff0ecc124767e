"""What the workers do about the outbox: remove what is paid, and pay what nobody else did."""

from collections.abc import Collection
from typing import Final

import structlog

from dealradar.cache import StoreUnavailableError
from dealradar.httpcache import stores
from dealradar.invalidation import outbox
from dealradar.invalidation.hook import is_paying, transaction
from dealradar.invalidation.measures import SWEPT

OLDER_THAN_S: Final = 0.5
"""How long the sweep leaves a tag to the process that wrote it, which mostly needs a few milliseconds."""

BATCH_TAGS: Final = 1_000
MAX_BATCHES: Final = 50

log = structlog.get_logger(__name__)


def deliver(transaction_ids: Collection[int]) -> int:
    """Remove what *transaction_ids* owed, all of which has been bumped; return how many tags."""
    with transaction():
        return outbox.settle(transaction_ids)


def sweep() -> int:
    """Bump the tags that are still owed, whatever became of those who wrote them; return how many.

    A tag is removed after it was bumped, so that it is bumped at least once. While the store can't be reached, tags
    stay owed. Where writes don't invalidate, one tag comes to stand for them all, so that the outbox stays small and
    everything goes stale when they do again.
    """
    if not is_paying():
        with transaction():
            return outbox.fold(older_than_s=OLDER_THAN_S)
    swept = 0
    for _ in range(MAX_BATCHES):
        try:
            paid = _pay_batch()
        except StoreUnavailableError as error:
            log.warning("sweep_interrupted", reason=error.reason)
            break
        swept += paid
        if paid < BATCH_TAGS:
            break
    if swept:
        SWEPT.inc(swept)
        log.info("swept", tag_count=swept)
    return swept


def _pay_batch() -> int:
    with transaction():
        tags = outbox.take(BATCH_TAGS, older_than_s=OLDER_THAN_S)
        if tags:
            stores.current().bump(tags)
    return len(tags)
