"""Which public paths are in demand, as PostgreSQL knows it, for when the store has just forgotten everything.

Of the store's counts it is a copy that fades as they do, but only while somebody is there to look: a site that was
switched off for a night comes back to yesterday evening's demand (ADR 0068).
"""

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Final

from sqlalchemy import BigInteger, Double, Text, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.extensions import db
from dealradar.httpcache.control.models import HotPage

MAX_KEPT: Final = 2_000
HALF_LIFE_S: Final = 300
"""As the store's slots, of which each counts half as much as the next."""
LONGEST_FADE_S: Final = 60
"""Twice as long as there is between two looks; for longer than that nobody was there."""
LEAST_DEMAND: Final = 0.25
FORGIVEN_HALF_LIFE_S: Final = 3_600
"""How soon half of it is forgotten that what was warmed of a page earned nothing."""
FORGIVEN: Final = 0.9

_RAISE: Final = text("""
    INSERT INTO hot_pages (path, demand) SELECT * FROM unnest(:paths, :demands)
    ON CONFLICT (path) DO UPDATE SET demand = greatest(hot_pages.demand, excluded.demand)
""").bindparams(bindparam("paths", type_=ARRAY(Text)), bindparam("demands", type_=ARRAY(Double)))

_NOTE: Final = text("""
    INSERT INTO hot_pages (path, demand, worth, cost_s, run_id, hits_before)
    SELECT path, 0, worth, cost_s, run_id, hits_before
      FROM unnest(:path, :worth, :cost_s, :run_id, :hits_before) AS told (path, worth, cost_s, run_id, hits_before)
    ON CONFLICT (path) DO UPDATE
       SET worth = excluded.worth, cost_s = excluded.cost_s,
           run_id = excluded.run_id, hits_before = excluded.hits_before
""").bindparams(
    bindparam("path", type_=ARRAY(Text)),
    bindparam("worth", type_=ARRAY(Double)),
    bindparam("cost_s", type_=ARRAY(Double)),
    bindparam("run_id", type_=ARRAY(BigInteger)),
    bindparam("hits_before", type_=ARRAY(BigInteger)),
)


@dataclass(frozen=True)
class Experience:
    """What warming knows of a page.

    Attributes:
        worth: Which part of what was warmed of it earned a hit, the latest counting most.
        cost_s: What it takes to compute, None if that isn't known.
        run_id: Which run has made the entry that is there, if one has, and its end hasn't been seen.
        hits_before: How many hits its key had then.
    """

    path: str
    worth: float = 1.0
    cost_s: float | None = None
    run_id: int | None = None
    hits_before: int = 0


def learn(demanded: Mapping[str, float]) -> int:
    """Note how much each path is *demanded* by the store's counts; return how many are known then. The caller commits.

    What was known fades to half in five minutes, and holds where it is more: the store may have lost its counts.
    """
    _fade()
    if demanded:
        db.session.execute(_RAISE, {"paths": [*demanded], "demands": [*demanded.values()]})
    _forget()
    return db.session.scalars(select(func.count()).select_from(HotPage)).one()


def demanded(limit: int) -> dict[str, float]:
    """Return up to *limit* paths, those in most demand first, and how often each was asked for lately."""
    wanted = select(HotPage.path, HotPage.demand).order_by(HotPage.demand.desc(), HotPage.path).limit(limit)
    return {row.path: row.demand for row in db.session.execute(wanted)}


def experiences() -> dict[str, Experience]:
    """Return what is known of the pages that were warmed or looked at, by path."""
    columns = [getattr(HotPage, field.name) for field in fields(Experience)]
    return {row[0]: Experience(*row) for row in db.session.execute(select(*columns))}


def note(experiences: Collection[Experience]) -> None:
    """Keep *experiences*, each of another page; the caller commits."""
    if not experiences:
        return
    columns = zip(*(astuple(one) for one in experiences), strict=True)
    names = [field.name for field in fields(Experience)]
    db.session.execute(_NOTE, {name: list(column) for name, column in zip(names, columns, strict=True)})


def _fade() -> None:
    seen_s_ago = func.least(func.extract("epoch", func.now() - HotPage.seen_at), LONGEST_FADE_S)
    faded = HotPage.demand * func.power(0.5, seen_s_ago / HALF_LIFE_S)
    forgiven = 1 - (1 - HotPage.worth) * func.power(0.5, seen_s_ago / FORGIVEN_HALF_LIFE_S)
    db.session.execute(update(HotPage).values(demand=faded, worth=forgiven, seen_at=func.now()))


def _forget() -> None:
    kept = select(HotPage.path).order_by(HotPage.demand.desc(), HotPage.path).limit(MAX_KEPT)
    is_told_of = (HotPage.demand >= LEAST_DEMAND) | (HotPage.worth < FORGIVEN) | HotPage.run_id.is_not(None)
    is_kept = is_told_of & HotPage.path.in_(kept)
    db.session.execute(delete(HotPage).where(~is_kept).execution_options(synchronize_session=False))
