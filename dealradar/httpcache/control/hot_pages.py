"""Which public paths are in demand, as PostgreSQL knows it, for when the store has just forgotten everything.

Of the store's counts it is a copy that fades as they do, but only while somebody is there to look: a site that was
switched off for a night comes back to yesterday evening's demand (ADR 0068).
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Double, Text, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.extensions import db
from dealradar.httpcache.control.models import HotPage

MAX_KEPT: Final = 2_000
HALF_LIFE_S: Final = 300
"""As the store's slots, of which each counts half as much as the next."""
LONGEST_FADE_S: Final = 60
"""Twice as long as there is between two looks; for longer than that nobody was there."""
LEAST_DEMAND: Final = 0.25

_RAISE: Final = text("""
    INSERT INTO hot_pages (path, demand) SELECT * FROM unnest(:paths, :demands)
    ON CONFLICT (path) DO UPDATE SET demand = greatest(hot_pages.demand, excluded.demand)
""").bindparams(bindparam("paths", type_=ARRAY(Text)), bindparam("demands", type_=ARRAY(Double)))


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


def _fade() -> None:
    seen_s_ago = func.extract("epoch", func.now() - HotPage.seen_at)
    halves = func.least(seen_s_ago, LONGEST_FADE_S) / HALF_LIFE_S
    db.session.execute(update(HotPage).values(demand=HotPage.demand * func.power(0.5, halves), seen_at=func.now()))


def _forget() -> None:
    kept = select(HotPage.path).order_by(HotPage.demand.desc(), HotPage.path).limit(MAX_KEPT)
    is_kept = (HotPage.demand >= LEAST_DEMAND) & HotPage.path.in_(kept)
    db.session.execute(delete(HotPage).where(~is_kept).execution_options(synchronize_session=False))
