"""Work on the cache that takes its time: filed in the database, done step by step by whichever worker is free."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, func, insert, or_, select, text, update

from dealradar.domain.errors import NotFoundError
from dealradar.extensions import db
from dealradar.httpcache.control.models import CacheJob

KEPT: Final = text("interval '7 days'")
ABANDONED_AFTER: Final = text("interval '60 seconds'")
"""How long a job has nobody's word of it before another worker takes it over."""


class Kind(StrEnum):
    """What is to be done: free the memory of what was invalidated, or have answers made before they are asked for."""

    INVALIDATE = "invalidate"
    WARM = "warm"


class State(StrEnum):
    """How far it is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Wanted:
    """What a job is to be about.

    Attributes:
        tags: What it has invalidated before it was even begun.
        patterns: Whose entries are to be removed.
        paths: Whose answers are to be made.
    """

    kind: Kind
    tags: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a job is: at which of its patterns or paths, where in it, and what has become of them so far.

    *scanned* is about how many keys were looked at.
    """

    position: int = 0
    cursor: str = "0"
    scanned: int = 0
    removed: int = 0
    warmed: int = 0
    failed: int = 0
    error: str | None = None


@dataclass(frozen=True)
class Job:
    """A job as it stands."""

    id: int
    state: State
    asked_by: str
    wanted: Wanted
    progress: Progress
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.progress.position >= len(self.wanted.patterns) + len(self.wanted.paths)

    def having(self, **progress: Any) -> "Job":  # noqa: ANN401  the fields of Progress
        """Return the job with that much more done."""
        return replace(self, progress=replace(self.progress, **progress))


def file(wanted: Wanted, *, by: str) -> Job:
    """Have *wanted* done for *by*; the caller commits. Jobs of last week are forgotten."""
    db.session.execute(delete(CacheJob).where(CacheJob.created_at < func.now() - KEPT))
    state = State.QUEUED if wanted.patterns or wanted.paths else State.DONE
    row = {
        **asdict(wanted),
        "state": state,
        "asked_by": by,
        "finished_at": None if state is State.QUEUED else func.now(),
    }
    return _job(db.session.scalars(insert(CacheJob).values(row).returning(CacheJob)).one())


def get(job_id: int) -> Job:
    """Return a job.

    Raises:
        NotFoundError: There is none of that id, or no longer.
    """
    row = db.session.scalar(select(CacheJob).where(CacheJob.id == job_id))
    if row is None:
        raise NotFoundError("There is no such job; those of last week are forgotten.")
    return _job(row)


def latest(limit: int) -> Sequence[Job]:
    """Return the *limit* newest jobs, the newest first."""
    return [_job(row) for row in db.session.scalars(select(CacheJob).order_by(CacheJob.id.desc()).limit(limit))]


def counts() -> dict[State, int]:
    """Return how many jobs of last week there are in each state."""
    rows = db.session.execute(select(CacheJob.state, func.count()).group_by(CacheJob.state))
    return dict.fromkeys(State, 0) | {State(state): count for state, count in rows}


def claim() -> Job | None:
    """Return the oldest job that waits, or whose worker is gone, and keep others from it; the caller commits."""
    is_abandoned = (CacheJob.state == State.RUNNING) & (CacheJob.seen_at < func.now() - ABANDONED_AFTER)
    free = (
        select(CacheJob.id)
        .where(CacheJob.state != State.DONE, or_(CacheJob.state == State.QUEUED, is_abandoned))
        .order_by(CacheJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(CacheJob)
        .where(CacheJob.id == free.scalar_subquery())
        .values(state=State.RUNNING, seen_at=func.now())
        .returning(CacheJob)
        .execution_options(synchronize_session=False)
    )
    row = db.session.scalars(claimed).one_or_none()
    return None if row is None else _job(row)


def save(job: Job, state: State) -> None:
    """Keep how far *job* is; the caller commits."""
    finished_at = func.now() if state is State.DONE else None
    values = {**asdict(job.progress), "state": state, "seen_at": func.now(), "finished_at": finished_at}
    db.session.execute(update(CacheJob).where(CacheJob.id == job.id).values(values))


def _job(row: CacheJob) -> Job:
    db.session.expunge(row)  # what is returned is a value, and says the same after the commit
    return Job(
        id=row.id,
        state=State(row.state),
        asked_by=row.asked_by,
        wanted=Wanted(Kind(row.kind), tuple(row.tags), tuple(row.patterns), tuple(row.paths)),
        progress=Progress(**{name: getattr(row, name) for name in Progress.__dataclass_fields__}),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
