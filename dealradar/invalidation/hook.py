"""The one way to commit: what the transaction owes the cache is paid before the answer goes out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from flask import current_app

from dealradar.cache import StoreUnavailableError
from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import outbox
from dealradar.invalidation.courier import courier
from dealradar.invalidation.measures import PAID
from dealradar.invalidation.outbox import Owed

_IS_OPEN: Final = "dealradar_transaction"
log = structlog.get_logger(__name__)


class NestedTransactionError(RuntimeError):
    """A transaction was begun inside another."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did and invalidate what that made stale, or roll it back if it raised.

    When the block has ended, no cache that could be reached serves what was before. Where it couldn't, that stays owed
    in the outbox, and the sweep pays it.

    Raises:
        NestedTransactionError: The session is in such a block already; only the outermost caller may commit.
    """
    session = db.session()
    if _IS_OPEN in session.info:
        raise NestedTransactionError("Inside transaction() there can be no other: only the outermost caller commits.")
    session.info[_IS_OPEN] = True
    try:
        yield
        session.flush()
        owed = outbox.of_this_transaction() if is_paying() and session.in_transaction() else None
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[_IS_OPEN]
    if owed:
        _pay(owed)


def is_paying() -> bool:
    """Return whether writes invalidate at all; where not, entries live until their time is over."""
    settings: Settings = current_app.extensions["settings"]
    return settings.cache_enabled and settings.cache_bust_on_write


def _pay(owed: Owed) -> None:
    try:
        stores.current().bump(owed.tags)
    except StoreUnavailableError as error:
        PAID.labels("owed").inc()
        log.warning(
            "invalidation_owed", reason=error.reason, transaction_id=owed.transaction_id, tag_count=len(owed.tags)
        )
        return
    PAID.labels("bumped").inc()
    courier.tell(owed.transaction_id)
