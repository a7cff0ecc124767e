"""What the workers do about the outbox: note what is paid, pay what nobody else did, forget what is long paid."""

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Final

import structlog
from flask import current_app

from dealradar.cache import SOFT_BOUND_S
from dealradar.config import Settings
from dealradar.invalidation import attempts, chores, covering, outbox, turns
from dealradar.invalidation.counting import Reason
from dealradar.invalidation.counting import count as count_tags
from dealradar.invalidation.hook import bookkeeping, is_paying
from dealradar.invalidation.measures import DELIVERIES, LAG
from dealradar.invalidation.outbox import Due, Grace, Row
from dealradar.invalidation.targets import STORE, Batch, TargetUnavailableError
from dealradar.invalidation.turns import Turn

OLDER_THAN_S: Final = 0.5
"""How long the sweep leaves a tag to the process that wrote it, which mostly needs a few milliseconds."""
GRACE: Final = Grace(any_s=OLDER_THAN_S, soft_s=OLDER_THAN_S + SOFT_BOUND_S)

MAX_BATCHES: Final = 50
MAX_PRUNED: Final = 5_000

log = structlog.get_logger(__name__)


def deliver(paid: Collection[tuple[int, int]], all_turns: Sequence[Turn] | None = None) -> int:
    """Note that the local store has what *paid* transactions owed, up to a kind each; return how many tags."""
    with bookkeeping():
        return outbox.note(paid, STORE.name, turns.names(turns.current() if all_turns is None else all_turns))


def sweep(all_turns: Sequence[Turn] | None = None) -> int:
    """Tell the local store what it is still owed, whatever became of those who wrote it; return how many tags.

    A tag counts as delivered after it was, so that it is at least once. Where writes don't invalidate, one tag comes to
    stand for all that is owed, so that the outbox stays small and everything goes stale when they do again.
    """
    listed = turns.current() if all_turns is None else all_turns
    names = turns.names(listed)
    if not is_paying():
        with bookkeeping():
            folded = outbox.fold(told=turns.regardless_of_the_store(listed), older_than_s=OLDER_THAN_S)
        _prune()
        return folded
    with bookkeeping():
        seen = chores.look(Due(STORE.name, GRACE), names, window_s=_window_s())
    swept = _pay(names) if seen.pays else 0
    if seen.finishes:
        with bookkeeping():
            outbox.finish(names)
    covering.cover(listed)
    if seen.prunes:
        _prune()
    if swept:
        log.info("swept", tag_count=swept)
    return swept


def most_urgent(rows: Sequence[Row]) -> list[Row]:
    """Return those of *rows*, most urgent first, that are as urgent as the first.

    What is more urgent than the rest goes by itself, so that nothing keeps it waiting or makes it fail.
    """
    return list(takewhile(lambda row: row.kind == rows[0].kind, rows))


def batch_of(rows: Sequence[Row]) -> Batch:
    """Return the tags of *rows*, which are of one kind, each once."""
    return Batch(rows[0].kind, tuple(dict.fromkeys(row.tag for row in rows)))


def _pay(names: Collection[str]) -> int:
    """Return how many tags the local store was told of."""
    with bookkeeping():
        if not attempts.is_due(STORE):
            return 0
    told = 0
    try:
        for _ in range(MAX_BATCHES):
            count, is_last = _pay_batch(names)
            told += count
            if is_last:
                break
    except TargetUnavailableError as error:
        DELIVERIES.labels(STORE.name, "failed").inc()
        log.warning("sweep_interrupted", target=STORE.name, reason=str(error))
        with bookkeeping():
            attempts.fail(STORE, str(error))
    return told


def _pay_batch(names: Collection[str]) -> tuple[int, bool]:
    """Return how many tags the local store was told of, and whether there are no more."""
    with bookkeeping():
        claimed = outbox.claim(Due(STORE.name, GRACE), limit=STORE.batch_tags)
        if not claimed:
            return 0, True
        rows = most_urgent(claimed)
        batch = batch_of(rows)
        STORE.deliver(batch)
        outbox.mark(rows, STORE.name, names)
        attempts.succeed(STORE)
    DELIVERIES.labels(STORE.name, "delivered").inc(len(rows))
    count_tags(Reason.SWEPT, batch.kind, batch.tags)
    for row in rows:
        LAG.labels(row.kind.name.lower(), "sweep").observe(row.age_s)
    return len(rows), len(rows) == len(claimed) < STORE.batch_tags


def _prune() -> None:
    with bookkeeping():
        outbox.prune(MAX_PRUNED, window_s=_window_s())


def _window_s() -> float:
    settings: Settings = current_app.extensions["settings"]
    return settings.cache_replay_window_s
