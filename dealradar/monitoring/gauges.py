"""How the servers do, kept beside the readings: once a slot, by the process that comes first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app
from sqlalchemy import DateTime, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.invalidation import bookkeeping, outbox
from dealradar.monitoring import servers
from dealradar.monitoring.models import GaugesRow
from dealradar.monitoring.readings import KEPT
from dealradar.monitoring.tallies import SLOT_S

_SLOT_NOW: Final = literal_column(
    f"date_bin('{SLOT_S} s', clock_timestamp(), 'epoch'::timestamptz)", DateTime(timezone=True)
)


@dataclass(frozen=True)
class Gauges:
    """How the servers did in the slot that began *at*; None where that couldn't be seen."""

    at: datetime
    redis_memory_bytes: int | None
    redis_max_memory_bytes: int | None
    redis_keys: int | None
    redis_clients: int | None
    redis_evictions: int | None
    outbox_rows: int | None
    outbox_oldest_s: float | None


def read_gauges() -> None:
    """Look at the servers and keep what is seen, unless another process does so in this slot.

    Raises:
        SQLAlchemyError: The database is away.
    """
    with bookkeeping():
        first = insert(GaugesRow).values(slot=_SLOT_NOW).on_conflict_do_nothing().returning(GaugesRow.slot)
        slot = db.session.scalars(first).one_or_none()
    if slot is None:
        return
    seen = _of_redis()
    with bookkeeping():
        owed = outbox.backlog()
        seen |= {"outbox_rows": owed.tags, "outbox_oldest_s": owed.oldest_s}
        db.session.execute(update(GaugesRow).where(GaugesRow.slot == slot).values(seen))


def between(start: datetime, end: datetime) -> list[Gauges]:
    """Return what was seen from *start* until before *end*, the oldest first; the caller ends the transaction."""
    wanted = select(GaugesRow).where(GaugesRow.slot >= start, GaugesRow.slot < end).order_by(GaugesRow.slot)
    return [_gauges(row) for row in db.session.scalars(wanted)]


def forget(*, now: datetime) -> int:
    """Delete what is older than a day; return how many slots that were. The caller commits."""
    gone = delete(GaugesRow).where(GaugesRow.slot < now - KEPT).returning(GaugesRow.slot)
    return len(db.session.scalars(gone, execution_options={"synchronize_session": False}).all())


def _of_redis() -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    store = servers.read_store(settings.redis_url) if settings.cache_enabled else None
    if store is None:
        return {}
    return {f"redis_{name}": getattr(store, name) for name in _READ}


def _gauges(row: GaugesRow) -> Gauges:
    names = (name for name in Gauges.__dataclass_fields__ if name != "at")
    return Gauges(at=row.slot, **{name: getattr(row, name) for name in names})


_READ: Final = ("memory_bytes", "max_memory_bytes", "keys", "clients", "evictions")
