"""What the workers do about the outbox: note what is paid, pay what nobody else did, forget what is long paid."""

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Final

import structlog
from flask import current_app

from dealradar.cache import SOFT_BOUND_S
from dealradar.config import Settings
from dealradar.invalidation import attempts, outbox
from dealradar.invalidation.hook import is_paying, transaction
from dealradar.invalidation.measures import DELIVERIES, LAG
from dealradar.invalidation.outbox import Grace, Row
from dealradar.invalidation.targets import STORE, TARGETS, Batch, Target, TargetUnavailableError

OLDER_THAN_S: Final = 0.5
"""How long the sweep leaves a tag to the process that wrote it, which mostly needs a few milliseconds."""
GRACE: Final = Grace(any_s=OLDER_THAN_S, soft_s=OLDER_THAN_S + SOFT_BOUND_S)

BATCH_TAGS: Final = 1_000
MAX_BATCHES: Final = 50
MAX_PRUNED: Final = 5_000

log = structlog.get_logger(__name__)


def deliver(paid: Collection[tuple[int, int]], targets: Sequence[Target] = TARGETS) -> int:
    """Note that the local store has what *paid* transactions owed, up to a kind each; return how many tags."""
    with transaction():
        rows = outbox.claim_of(paid, STORE.name)
        outbox.mark(rows, STORE.name, _names(targets))
    return len(rows)


def sweep(targets: Sequence[Target] = TARGETS) -> int:
    """Tell each of *targets* what it is still owed, whatever became of those who wrote it; return how many tags.

    A tag counts as delivered after it was, so that it is at least once. A target that can't be told is left alone for
    a while and keeps no other waiting. Where writes don't invalidate, one tag comes to stand for all that is owed, so
    that the outbox stays small and everything goes stale when they do again.
    """
    if not is_paying():
        with transaction():
            folded = outbox.fold(older_than_s=OLDER_THAN_S)
        _prune()
        return folded
    swept = sum(_pay(target, _names(targets)) for target in targets)
    with transaction():
        outbox.finish(_names(targets))
    _prune()
    if swept:
        log.info("swept", tag_count=swept)
    return swept


def _pay(target: Target, names: Collection[str]) -> int:
    """Return how many tags *target* was told of."""
    with transaction():
        if not attempts.is_due(target):
            return 0
    told = 0
    try:
        for _ in range(MAX_BATCHES):
            count, is_last = _pay_batch(target, names)
            told += count
            if is_last:
                break
    except TargetUnavailableError as error:
        DELIVERIES.labels(target.name, "failed").inc()
        log.warning("sweep_interrupted", target=target.name, reason=str(error))
        with transaction():
            attempts.fail(target, str(error))
    return told


def _pay_batch(target: Target, names: Collection[str]) -> tuple[int, bool]:
    """Return how many tags *target* was told of, and whether there are no more.

    What is more urgent than the rest goes by itself, so that nothing keeps it waiting or makes it fail.
    """
    with transaction():
        claimed = outbox.claim(target.name, limit=BATCH_TAGS, grace=GRACE)
        if not claimed:
            return 0, True
        rows = list(takewhile(lambda row: row.kind == claimed[0].kind, claimed))
        target.deliver(_batch(rows))
        outbox.mark(rows, target.name, names)
        attempts.succeed(target)
    DELIVERIES.labels(target.name, "delivered").inc(len(rows))
    if target.name == STORE.name:
        for row in rows:
            LAG.labels(row.kind.name.lower(), "sweep").observe(row.age_s)
    return len(rows), len(rows) == len(claimed) < BATCH_TAGS


def _prune() -> None:
    settings: Settings = current_app.extensions["settings"]
    with transaction():
        outbox.prune(MAX_PRUNED, window_s=settings.cache_replay_window_s)


def _batch(rows: Sequence[Row]) -> Batch:
    return Batch(rows[0].kind, tuple(dict.fromkeys(row.tag for row in rows)))


def _names(targets: Sequence[Target]) -> list[str]:
    return [target.name for target in targets]
