"""The one way to commit: what the transaction owes the cache is paid before the answer goes out."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import structlog
from flask import current_app, g

from dealradar.cache import Stale, StoreUnavailableError
from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import outbox
from dealradar.invalidation.counting import Reason, count
from dealradar.invalidation.courier import courier
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import LAG, PAID
from dealradar.invalidation.merging import merger
from dealradar.invalidation.outbox import Owed

_IS_OPEN: Final = "dealradar_transaction"
log = structlog.get_logger(__name__)


class NestedTransactionError(RuntimeError):
    """A transaction was begun inside another."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did and invalidate what that made stale, or roll it back if it raised.

    When the block has ended, no cache that could be reached serves what was before, except for lists of which no more
    than a score, a count or the order changed (`Kind.SOFT`). Where it couldn't, that stays owed in the outbox, and the
    sweep pays it.

    Raises:
        NestedTransactionError: The session is in such a block already; only the outermost caller may commit.
    """
    with _committed(looks=True) as paying:
        yield
    if paying.owed:
        _pay(paying.owed, paying.committing_s)


@contextmanager
def bookkeeping() -> Iterator[None]:
    """Commit what the block did, which owes the cache nothing, or roll it back if it raised.

    It is for what writes none of the tables that rules watch, and spares the look at what it owes (ADR 0064). Should it
    owe something all the same, the sweep finds it.

    Raises:
        NestedTransactionError: The session is in such a block already; only the outermost caller may commit.
    """
    with _committed(looks=False):
        yield


def is_paying() -> bool:
    """Return whether writes invalidate at all; where not, entries live until their time is over."""
    settings: Settings = current_app.extensions["settings"]
    return settings.cache_enabled and settings.cache_bust_on_write


def on_behalf_of(writer: str) -> None:
    """Let what this context writes from now on be the write of *writer*, a user hash, who will see it at once."""
    g.dealradar_writer = writer


def because(reason: Reason) -> None:
    """Let what this context invalidates from now on count as invalidated for *reason*, and not for a write."""
    g.dealradar_reason = reason


@dataclass
class _Commit:
    """What the transaction turned out to owe, and when it was committed, by the monotonic clock."""

    owed: Owed | None = None
    committing_s: float = 0.0


@contextmanager
def _committed(*, looks: bool) -> Iterator[_Commit]:
    session = db.session()
    if _IS_OPEN in session.info:
        raise NestedTransactionError("Inside transaction() there can be no other: only the outermost caller commits.")
    session.info[_IS_OPEN] = True
    commit = _Commit()
    try:
        yield commit
        session.flush()
        commit.committing_s = time.monotonic()
        if looks and is_paying() and session.in_transaction():
            commit.owed = outbox.of_this_transaction()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[_IS_OPEN]


def _pay(owed: Owed, committing_s: float) -> None:
    store = stores.current()
    try:
        deferrals = store.invalidate(replace(owed.stale, writer=g.get("dealradar_writer")))
    except StoreUnavailableError as error:
        PAID.labels("owed").inc()
        log.warning(
            "invalidation_owed", reason=error.reason, transaction_id=owed.transaction_id, tag_count=len(owed.stale)
        )
        return
    PAID.labels("bumped").inc()
    _measure(owed.stale, time.monotonic() - committing_s, deferred={deferral.tag for deferral in deferrals})
    courier.tell(owed.transaction_id, Kind.STRICT if deferrals else Kind.SOFT)
    if deferrals:
        merger.put_off(store, deferrals, owed.transaction_id, committed_s=committing_s)


def _measure(stale: Stale, lag_s: float, *, deferred: Collection[str]) -> None:
    reason: Reason = g.get("dealradar_reason", Reason.WRITE)
    soft = [tag for tag in stale.soft if tag not in deferred]
    for kind, tags in ((Kind.HARD, stale.hard), (Kind.STRICT, stale.strict), (Kind.SOFT, soft)):
        count(reason, kind, tags)
        if tags and not (kind is Kind.SOFT and deferred):  # their lag counts when the last of them has had its turn
            LAG.labels(kind.name.lower(), "inline").observe(lag_s)
