"""What warming has done, run by run, and what that was good for."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.extensions import db
from dealradar.httpcache.control.models import WarmRun
from dealradar.httpcache.control.planning import Skip

KEPT: Final = text("interval '1 day'")

_CREDIT: Final = text("""
    UPDATE warm_runs
       SET gone = warm_runs.gone + told.gone, earned_hits = warm_runs.earned_hits + told.earned_hits
      FROM unnest(:run_ids, :gone, :earned_hits) AS told (run_id, gone, earned_hits)
     WHERE warm_runs.id = told.run_id
""").bindparams(
    bindparam("run_ids", type_=ARRAY(BigInteger)),
    bindparam("gone", type_=ARRAY(Integer)),
    bindparam("earned_hits", type_=ARRAY(BigInteger)),
)


class Trigger(StrEnum):
    """Why a run did what it did."""

    UPKEEP = "upkeep"
    """What is in demand was about to expire, had expired, or was invalidated."""
    LOSS = "loss"
    """Most of it was missing: everything was invalidated, or the store flushed, restarted, or replaced."""


@dataclass(frozen=True)
class Tally:
    """What became of the pages that were looked at."""

    warmed: int = 0
    failed: int = 0
    skipped: Mapping[Skip, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A run as it is known.

    Attributes:
        gone: How many of the entries that it made are no longer there.
        earned_hits: How many hits those had had by then.
    """

    id: int
    trigger: Trigger
    started_at: datetime
    duration_s: float
    tally: Tally
    gone: int
    earned_hits: int


def begin(trigger: Trigger) -> int:
    """Write down that a run begins, and return its id; the caller commits. Those of yesterday are forgotten."""
    db.session.execute(delete(WarmRun).where(WarmRun.started_at < func.now() - KEPT))
    blank = {"trigger": trigger, "duration_s": 0.0, "warmed": 0, "failed": 0, "skipped": {}}
    return db.session.scalars(insert(WarmRun).values(blank).returning(WarmRun.id)).one()


def save(run_id: int, tally: Tally, *, duration_s: float) -> None:
    """Keep what a run has come to in *duration_s*; the caller commits."""
    values = {"warmed": tally.warmed, "failed": tally.failed, "skipped": dict(tally.skipped), "duration_s": duration_s}
    db.session.execute(update(WarmRun).where(WarmRun.id == run_id).values(values))


def credit(earned_hits: Collection[tuple[int, int]]) -> None:
    """Add to runs, by id, the hits that one of their entries each had earned when it was gone; the caller commits."""
    if not earned_hits:
        return
    gone, hits = Counter(run_id for run_id, _ in earned_hits), Counter[int]()
    for run_id, count in earned_hits:
        hits[run_id] += count
    told = {"run_ids": [*gone], "gone": [*gone.values()], "earned_hits": [hits[run_id] for run_id in gone]}
    db.session.execute(_CREDIT, told)


def latest(limit: int) -> Sequence[Run]:
    """Return the *limit* newest runs, the newest first."""
    return [_run(row) for row in db.session.scalars(select(WarmRun).order_by(WarmRun.id.desc()).limit(limit))]


def _run(row: WarmRun) -> Run:
    skipped = {Skip(why): count for why, count in row.skipped.items()}
    return Run(
        id=row.id,
        trigger=Trigger(row.trigger),
        started_at=row.started_at,
        duration_s=row.duration_s,
        tally=Tally(row.warmed, row.failed, skipped),
        gone=row.gone,
        earned_hits=row.earned_hits,
    )
