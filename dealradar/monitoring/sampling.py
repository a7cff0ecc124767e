"""How much of what is served is stale: what comparing stored answers with the database came to, for a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, DateTime, Integer, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.extensions import Base, db
from dealradar.httpcache.samples import Verdict

SLOT_S: Final = 60
KEPT_S: Final = 86_400 + SLOT_S

_JUDGED: Final = frozenset({Verdict.FRESH, Verdict.STALE})
"""Of the others nothing is known: they are no samples."""


class SampledSlot(Base):
    """How many stored answers all workers compared with the database in one minute, and how many were stale."""

    __tablename__ = "cache_samples"
    __table_args__ = (CheckConstraint("stale BETWEEN 0 AND samples", "stale_are_samples"),)

    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    samples: Mapped[int] = mapped_column(Integer)
    stale: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class StaleRatio:
    """How many of so many samples were stale."""

    samples: int
    stale: int

    @property
    def ratio(self) -> float | None:
        """Return the share that was stale, None without a sample."""
        return self.stale / self.samples if self.samples else None


def note(verdicts: Collection[Verdict], *, now: datetime) -> int:
    """Add *verdicts* to what was sampled in the minute of *now*; return how many samples they are. The caller commits.

    What is older than a day is forgotten.
    """
    judged = [verdict for verdict in verdicts if verdict in _JUDGED]
    if judged:
        _add(judged, began_at=_slot(now))
        db.session.execute(delete(SampledSlot).where(SampledSlot.began_at < now - timedelta(seconds=KEPT_S)))
    return len(judged)


def stale_ratio(span_s: int, now: datetime) -> StaleRatio:
    """Return what was sampled in the last *span_s* seconds before *now*, to the minute, by all workers."""
    since = _slot(now - timedelta(seconds=span_s))
    counts = select(func.coalesce(func.sum(SampledSlot.samples), 0), func.coalesce(func.sum(SampledSlot.stale), 0))
    samples, stale = db.session.execute(counts.where(SampledSlot.began_at > since)).one()
    return StaleRatio(samples, stale)


def between(start: datetime, end: datetime) -> list[tuple[datetime, StaleRatio]]:
    """Return what each minute that began from *start* until before *end* came to; the caller ends the transaction."""
    wanted = select(SampledSlot.began_at, SampledSlot.samples, SampledSlot.stale)
    rows = db.session.execute(wanted.where(SampledSlot.began_at >= start, SampledSlot.began_at < end))
    return [(row.began_at, StaleRatio(row.samples, row.stale)) for row in rows]


def _add(judged: Collection[Verdict], *, began_at: datetime) -> None:
    stale = sum(verdict is Verdict.STALE for verdict in judged)
    adding = insert(SampledSlot).values(began_at=began_at, samples=len(judged), stale=stale)
    summed = {"samples": SampledSlot.samples + len(judged), "stale": SampledSlot.stale + stale}
    db.session.execute(adding.on_conflict_do_update(index_elements=[SampledSlot.began_at], set_=summed))


def _slot(at: datetime) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // SLOT_S * SLOT_S, tz=at.tzinfo)
