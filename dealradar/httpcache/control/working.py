"""One step of a job: small enough to stop after each of them."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import structlog
from werkzeug.exceptions import HTTPException

from dealradar.cache import scans
from dealradar.domain.errors import DomainError
from dealradar.httpcache import stores
from dealradar.httpcache.control import asking
from dealradar.httpcache.control.jobs import Job, Kind
from dealradar.httpcache.measures import WARMED
from dealradar.httpcache.serving import XCache

log = structlog.get_logger(__name__)


def purge(job: Job) -> Job:
    """Free the memory of what the job's pattern matches among the next few keys; return how far it is then.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    at = job.progress
    batch = stores.scan(job.wanted.patterns[at.position], at.cursor)
    removed = stores.current().delete(batch.keys) if batch.keys else 0
    return job.having(
        position=at.position + (batch.cursor == scans.START),
        cursor=batch.cursor,
        scanned=at.scanned + scans.BATCH_KEYS,
        removed=at.removed + removed,
        error=None,
    )


def warm(job: Job) -> Job:
    """Have the answer to the job's next path made and stored; return how far it is then."""
    at = job.progress
    error = _ask(job.wanted.paths[at.position])
    WARMED.labels("warmed" if error is None else "failed").inc()
    return job.having(
        position=at.position + 1,
        warmed=at.warmed + (error is None),
        failed=at.failed + (error is not None),
        error=error or at.error,
    )


STEPS: Final[Mapping[Kind, Callable[[Job], Job]]] = {Kind.INVALIDATE: purge, Kind.WARM: warm}


def _ask(path: str) -> str | None:
    """Answer *path* as if anybody had asked for it; return what was wrong."""
    try:
        answer = asking.ask(path)
    except (DomainError, HTTPException) as error:
        return f"{path}: {error}"
    except Exception as error:  # a path that can't be answered must not keep the others cold
        log.exception("warming_failed", path=path)
        return f"{path}: {type(error).__name__}"
    if answer.status_code != HTTPStatus.OK:
        return f"{path}: answered {answer.status}"
    return f"{path}: not cached" if answer.headers.get("X-Cache") == XCache.BYPASS else None
