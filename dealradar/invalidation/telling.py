"""Telling those who are not the local store: by one worker at a time, outside of any lock on the outbox."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from dealradar.extensions import celery
from dealradar.invalidation import attempts, outbox, turns
from dealradar.invalidation.hook import bookkeeping
from dealradar.invalidation.measures import DELIVERIES, REMOTE_LAG
from dealradar.invalidation.outbox import Row
from dealradar.invalidation.sweeping import batch_of, most_urgent
from dealradar.invalidation.targets import Target, TargetUnavailableError
from dealradar.invalidation.turns import Turn
from dealradar.jobs import BrokerUnavailableError, Job, ask_for

BUSY_S: Final = 10.0
"""How long a target is left to the worker that tells it; longer than any target takes to answer or give up."""
ROUND_S: Final = 5.0
"""After how long a worker leaves what is still owed to the next round, and does something else."""
MAX_PAUSE_S: Final = 0.25
"""A worker waits so long for a target that wants a pause; the next round is for those that want a longer one."""

log = structlog.get_logger(__name__)


def ask_to_tell(all_turns: Sequence[Turn]) -> None:
    """Have workers tell each remote target of *all_turns* that is owed something and may be told now."""
    with bookkeeping():
        due = [target for target in turns.remote(all_turns) if _may_be_told(target, all_turns)]
    try:
        for target in due:
            ask_for(celery, Job.TELL_TARGET, target.name)
    except BrokerUnavailableError as error:
        log.warning("targets_left_to_the_sweep", reason=str(error))


def tell(
    name: str,
    all_turns: Sequence[Turn] | None = None,
    *,
    clock_s: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Tell the remote target *name* what it is owed, unless another worker does; return how many tags.

    Which is at least once: a tag counts as told after it was. Whoever's tags came too late for this round finds the
    target busy, and is looked for once more at its end.
    """
    listed = turns.current() if all_turns is None else all_turns
    own = [turn for turn in listed if turn.target.name == name]
    until_s = clock_s() + ROUND_S
    told = 0
    while own and clock_s() < until_s:
        count = _tell_once(own, turns.names(listed))
        told += count
        if not count or own[0].target.pace_s > MAX_PAUSE_S:
            break
        pause(own[0].target.pace_s)
    return told


def _may_be_told(target: Target, all_turns: Sequence[Turn]) -> bool:
    own = (turn for turn in all_turns if turn.target is target)
    return attempts.is_due(target) and any(_owed(turn, limit=1) for turn in own)


def _tell_once(own: Sequence[Turn], names: Sequence[str]) -> int:
    turn, rows = _take(own)
    if not rows:
        return 0
    try:
        turn.target.deliver(batch_of(rows))
    except TargetUnavailableError as error:
        DELIVERIES.labels(turn.name, "failed").inc()
        log.warning("target_unavailable", target=turn.name, reason=str(error), retry_after_s=error.retry_after_s)
        with bookkeeping():
            attempts.fail(turn.target, str(error), retry_after_s=error.retry_after_s)
        return 0
    with bookkeeping():
        outbox.mark(rows, turn.name, names)
        attempts.succeed(turn.target)
    DELIVERIES.labels(turn.name, "delivered").inc(len(rows))
    for row in rows:
        REMOTE_LAG.labels(turn.name).observe(row.age_s)
    return len(rows)


def _take(own: Sequence[Turn]) -> tuple[Turn, list[Row]]:
    """Return what the target of its *own* turns is told next, having taken it for ourselves; no rows if there is none.

    Of its turns it is the one that has been owed for longest, or neither would come to its end while there are writes.
    """
    target = own[0].target
    with bookkeeping():
        if not attempts.take(target, busy_s=BUSY_S):
            return own[0], []
        # Looked for now, or what another worker has just told would be told again.
        owed = [(turn, _owed(turn, limit=target.batch_tags)) for turn in own]
        turn, rows = min(owed, key=lambda of_turn: _urgency(of_turn[1]))
        if not rows:
            attempts.succeed(target)
    return turn, most_urgent(rows)


def _urgency(rows: Sequence[Row]) -> tuple[float, int]:
    return (rows[0].kind, rows[0].transaction_id) if rows else (math.inf, 0)


def _owed(turn: Turn, *, limit: int) -> list[Row]:
    # No row is locked: another target's worker would pass it over.
    return outbox.look(outbox.Due(turn.name, after=turn.after, delay_s=turn.delay_s), limit=limit)
