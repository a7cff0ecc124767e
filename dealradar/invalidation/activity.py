"""What became stale lately and what was ordered of the cache, for whoever looks on."""

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import TextClause, text

from dealradar.domain.shapes import Moment, Output
from dealradar.extensions import db
from dealradar.httpcache.control import jobs, warm_runs
from dealradar.httpcache.control.shapes import JobOut, WarmRunOut
from dealradar.invalidation.kinds import Kind

SHOWN: Final = 20
SHOWN_RUNS: Final = 5
"""There may be one every five seconds."""
Urgency = Literal["hard", "strict", "soft"]
_URGENCIES: Final[Mapping[Kind, Urgency]] = {Kind.HARD: "hard", Kind.STRICT: "strict", Kind.SOFT: "soft"}

_OWED: Final = text("""
    SELECT tag, kind, created_at, delivered_at FROM cache_outbox
     WHERE delivered_at IS NULL ORDER BY kind, transaction_id LIMIT :limit
""")
_TOLD: Final = text("""
    SELECT tag, kind, created_at, delivered_at FROM cache_outbox
     WHERE delivered_at IS NOT NULL ORDER BY delivered_at DESC LIMIT :limit
""")


class InvalidationOut(Output):
    """One tag that a write made stale.

    Attributes:
        urgency: What kind of a write it was: ``hard`` takes something down, ``soft`` moves a count or an order.
        lag_s: How long it took until every target knew, null while one doesn't.
    """

    tag: str
    urgency: Urgency
    owed_at: Moment
    lag_s: float | None


class ActivityOut(Output):
    """What was done to the cache lately: what is owed first, then the newest first.

    Attributes:
        jobs: What somebody ordered: invalidations, and warm runs with what they made.
        warm_runs: What workers have kept warm of their own accord.
        invalidations: What writes made stale, as far back as it is kept to be replayed.
    """

    jobs: list[JobOut]
    warm_runs: list[WarmRunOut]
    invalidations: list[InvalidationOut]


def recent() -> ActivityOut:
    """Return the last `SHOWN` of each, and the last `SHOWN_RUNS` runs."""
    stale = [*told_next(SHOWN), *told_last(SHOWN)]
    return ActivityOut(
        jobs=[JobOut.of(job) for job in jobs.latest(SHOWN)],
        warm_runs=[WarmRunOut.of(run) for run in warm_runs.latest(SHOWN_RUNS)],
        invalidations=stale[:SHOWN],
    )


def told_next(limit: int) -> list[InvalidationOut]:
    """Return the first *limit* of what is owed, in the order in which it will be told."""
    return _shown(_OWED, limit)


def told_last(limit: int) -> list[InvalidationOut]:
    """Return the last *limit* that every target was told of, the newest first."""
    return _shown(_TOLD, limit)


def _shown(asked: TextClause, limit: int) -> list[InvalidationOut]:
    rows = db.session.execute(asked, {"limit": limit})
    return [
        InvalidationOut(
            tag=tag,
            urgency=_URGENCIES[Kind(kind)],
            owed_at=owed_at,
            lag_s=None if told_at is None else (told_at - owed_at).total_seconds(),
        )
        for tag, kind, owed_at, told_at in rows
    ]
