"""What operators ask for: invalidated before they are answered, and the rest of it done by workers."""

import time
from collections.abc import Callable
from typing import Final

import structlog

from dealradar.cache import StoreUnavailableError
from dealradar.domain.errors import BusyError
from dealradar.httpcache import stores
from dealradar.httpcache.control import changes, jobs, paths
from dealradar.httpcache.control.jobs import Job, Kind, State, Wanted
from dealradar.httpcache.control.policy_shapes import PolicyPatch
from dealradar.httpcache.control.working import STEPS
from dealradar.httpcache.measures import WARM_RUNS
from dealradar.invalidation import outbox
from dealradar.invalidation.counting import Reason
from dealradar.invalidation.hook import because, bookkeeping

PAUSE_S: Final = 0.002
"""What a worker leaves the store to others between two steps."""
SAVED_EVERY_S: Final = 1.0
ROUND_S: Final = 60.0
"""After how long a worker puts a job back, so that no task of ours comes near its time limit."""

log = structlog.get_logger(__name__)


def order(wanted: Wanted, *, by: str) -> Job:
    """File *wanted* for *by* and let the present transaction owe its tags; the caller commits, then calls `enforce`."""
    because(Reason.OPERATOR)
    outbox.owe(wanted.tags)
    return jobs.file(wanted, by=by)


def change_policy(patch: PolicyPatch, *, by: str) -> None:
    """Change an endpoint's policy as *patch* says, write down that *by* did, and owe what is cached of it.

    The caller commits. In force in every process a few seconds later; the life of what is cached meanwhile is held to
    what is allowed when it is served.
    """
    because(Reason.OPERATOR)
    if changes.record(patch.endpoint, patch.applied_to, by=by):
        outbox.owe([paths.tag_of_endpoint(patch.endpoint)])


def enforce(job: Job) -> None:
    """See to it that from now on nobody is served what *job* invalidates.

    The commit has tried to. This is for being sure, also where writes don't invalidate.

    Raises:
        BusyError: The store can't be told. It stays owed, like what any other write made stale.
    """
    try:
        stores.current().bump(job.wanted.tags)
    except StoreUnavailableError as error:
        log.warning("invalidation_not_confirmed", reason=error.reason, job_id=job.id)
        raise BusyError(
            "The cache store can't be told just now, so that old answers may still be given where it can be read. "
            f"It is owed and will be done when the store is back: job {job.id}."
        ) from None


def work(*, clock_s: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep) -> int:
    """Do the jobs that wait, for about a minute at most; return how many were done."""
    until_s = clock_s() + ROUND_S
    done = 0
    while clock_s() < until_s:
        with bookkeeping():
            job = jobs.claim()
        if job is None:
            break
        job = _advance(job, until_s, clock_s, pause)
        with bookkeeping():
            jobs.save(job, State.DONE if job.is_over else State.QUEUED)
        done += job.is_over
        if not job.is_over:
            break
        if job.wanted.kind is Kind.WARM:
            WARM_RUNS.labels("partly" if job.progress.failed else "done").inc()
    return done


def _advance(job: Job, until_s: float, clock_s: Callable[[], float], pause: Callable[[float], None]) -> Job:
    """Return *job* as far as it comes by *until_s*, or until the store can't be asked."""
    saved_s = clock_s()
    while not job.is_over and clock_s() < until_s:
        try:
            job = STEPS[job.wanted.kind](job)
        except StoreUnavailableError as error:
            return job.having(error=str(error))
        if clock_s() - saved_s >= SAVED_EVERY_S:
            with bookkeeping():
                jobs.save(job, State.RUNNING)
            saved_s = clock_s()
        pause(PAUSE_S)
    return job
