"""Telling those who are not the local store: by one worker at a time, outside of any lock on the outbox."""

from collections.abc import Sequence
from typing import Final

import structlog

from dealradar.extensions import celery
from dealradar.invalidation import attempts, outbox, turns
from dealradar.invalidation.hook import transaction
from dealradar.invalidation.measures import DELIVERIES, REMOTE_LAG
from dealradar.invalidation.outbox import Row
from dealradar.invalidation.sweeping import batch_of, most_urgent
from dealradar.invalidation.targets import Target, TargetUnavailableError
from dealradar.invalidation.turns import Turn
from dealradar.jobs import BrokerUnavailableError, Job, ask_for

BUSY_S: Final = 10.0
"""How long a target is left to the worker that tells it; longer than any target takes to answer or give up."""
MAX_BATCHES: Final = 50

log = structlog.get_logger(__name__)


def ask_to_tell(all_turns: Sequence[Turn]) -> None:
    """Have workers tell each remote target of *all_turns* that is owed something and may be told now."""
    with transaction():
        due = [target for target in turns.remote(all_turns) if _may_be_told(target, all_turns)]
    try:
        for target in due:
            ask_for(celery, Job.TELL_TARGET, target.name)
    except BrokerUnavailableError as error:
        log.warning("targets_left_to_the_sweep", reason=str(error))


def tell(name: str, all_turns: Sequence[Turn] | None = None) -> int:
    """Tell the remote target *name* what it is owed, unless another worker does; return how many tags.

    Which is at least once: a tag counts as told after it was. Whoever's tags came too late for this round finds the
    target busy, and is looked for once more at its end.
    """
    listed = turns.current() if all_turns is None else all_turns
    own = [turn for turn in listed if turn.target.name == name]
    told = 0
    for _ in range(MAX_BATCHES):
        count = sum(_tell_once(turn, turns.names(listed)) for turn in own)
        told += count
        if not count:
            break
    return told


def _may_be_told(target: Target, all_turns: Sequence[Turn]) -> bool:
    own = (turn for turn in all_turns if turn.target is target)
    return attempts.is_due(target) and any(_owed(turn, limit=1) for turn in own)


def _tell_once(turn: Turn, names: Sequence[str]) -> int:
    rows = _take(turn)
    if not rows:
        return 0
    try:
        turn.target.deliver(batch_of(rows))
    except TargetUnavailableError as error:
        DELIVERIES.labels(turn.name, "failed").inc()
        log.warning("target_unavailable", target=turn.name, reason=str(error), retry_after_s=error.retry_after_s)
        with transaction():
            attempts.fail(turn.target, str(error), retry_after_s=error.retry_after_s)
        return 0
    with transaction():
        outbox.mark(rows, turn.name, names)
        attempts.succeed(turn.target)
    DELIVERIES.labels(turn.name, "delivered").inc(len(rows))
    for row in rows:
        REMOTE_LAG.labels(turn.name).observe(row.age_s)
    return len(rows)


def _take(turn: Turn) -> list[Row]:
    """Return what is told next, having taken the target for ourselves; nothing if it isn't ours to tell."""
    with transaction():
        rows = _owed(turn, limit=turn.target.batch_tags)
        if not rows or not attempts.take(turn.target, busy_s=BUSY_S):
            return []
    return most_urgent(rows)


def _owed(turn: Turn, *, limit: int) -> list[Row]:
    return outbox.claim(outbox.Due(turn.name, after=turn.after, delay_s=turn.delay_s), limit=limit)
