"""What all processes answered, in slots of ten seconds, for a day: written by each for itself, added up by who reads.

Slots begin by the database's clock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert

from dealradar.extensions import db
from dealradar.invalidation import bookkeeping
from dealradar.monitoring import processes, tallies
from dealradar.monitoring.models import ReadingRow
from dealradar.monitoring.tallies import KEPT_SLOTS, SLOT_S, SUMS, Slot, Tally

KEPT: Final = timedelta(days=1)
MERGED_AFTER: Final = timedelta(seconds=KEPT_SLOTS * SLOT_S + 300)
"""Later than any process may write a slot, or what it writes again would count again."""

MERGED: Final = UUID(int=0)
"""The process of rows that are the sums of all processes'."""

MAX_MERGED_SLOTS: Final = 500
_MAY_BE_WRITTEN: Final = text(f"clock_timestamp() - interval '{KEPT_SLOTS * SLOT_S} seconds'")


@dataclass(frozen=True)
class Reading:
    """What all that is in one row answered in the ten seconds from *at* on, by route."""

    at: datetime
    routes: dict[str, Tally]


def flush() -> None:
    """Write down what this process has answered since it last did.

    Raises:
        SQLAlchemyError: The database is away; what was to be written waits for it.
    """
    counted = tallies.current()
    if due := counted.due():
        with bookkeeping():
            write(due, by=processes.current().id)
        counted.settle(due)


def write(slots: Sequence[Slot], *, by: UUID) -> None:
    """Let *slots* be what the process answered in them; the caller commits.

    What is less than what is there already is older, and dropped, as is what may have been merged.
    """
    for slot in slots:
        values = _values(slot.routes) | {"slot": _moment(slot.number), "process_id": by}
        columns = [ReadingRow.__table__.c[name] for name in values]
        typed = [literal(value, column.type) for value, column in zip(values.values(), columns, strict=True)]
        adding = insert(ReadingRow).from_select(columns, select(*typed).where(typed[-2] > _MAY_BE_WRITTEN))
        grown = adding.on_conflict_do_update(
            index_elements=["slot", "process_id"],
            set_={name: adding.excluded[name] for name in values},
            where=ReadingRow.requests <= adding.excluded.requests,
        )
        db.session.execute(grown)


def since(start: datetime, *, until: datetime) -> list[Reading]:
    """Return the rows from *start* until *until*, the newest slot first; the caller ends the transaction."""
    wanted = select(ReadingRow.slot, ReadingRow.routes).where(ReadingRow.slot >= start, ReadingRow.slot <= until)
    return [_reading(row) for row in db.session.execute(wanted.order_by(ReadingRow.slot.desc()))]


def totals(start: datetime, *, until: datetime) -> list[tuple[datetime, Tally]]:
    """Return the same, without the routes."""
    columns = [ReadingRow.__table__.c[name] for name in (*SUMS, "latencies")]
    wanted = select(ReadingRow.slot, *columns).where(ReadingRow.slot >= start, ReadingRow.slot <= until)
    return [(row.slot, _tally(row._mapping)) for row in db.session.execute(wanted)]  # noqa: SLF001  its public name


def merge() -> int:
    """Let there be one row for each slot that no process writes any more; return how many went. The caller commits."""
    old = ReadingRow.slot < func.now() - MERGED_AFTER
    slots = select(ReadingRow.slot).where(old, ReadingRow.process_id != MERGED).distinct()
    oldest = slots.order_by(ReadingRow.slot).limit(MAX_MERGED_SLOTS)
    # Taken out of the table as they are summed, so that what somebody else commits meanwhile is left to the next time.
    taken = delete(ReadingRow).where(ReadingRow.slot.in_(oldest)).returning(ReadingRow.slot, ReadingRow.routes)
    rows = [_reading(row) for row in db.session.execute(taken, execution_options={"synchronize_session": False})]
    by_slot: defaultdict[datetime, list[Reading]] = defaultdict(list)
    for reading in rows:
        by_slot[reading.at].append(reading)
    merged = [{"slot": at, "process_id": MERGED} | _values(summed(several)) for at, several in by_slot.items()]
    if merged:
        db.session.execute(insert(ReadingRow), merged)
    return len(rows) - len(merged)


def forget(*, now: datetime) -> int:
    """Delete what is older than a day; return how many rows that were. The caller commits."""
    gone = delete(ReadingRow).where(ReadingRow.slot < now - KEPT).returning(ReadingRow.slot)
    return len(db.session.scalars(gone, execution_options={"synchronize_session": False}).all())


def summed(readings: Iterable[Reading]) -> dict[str, Tally]:
    """Return the sum of *readings*, by route."""
    routes: defaultdict[str, Tally] = defaultdict(Tally)
    for reading in readings:
        for route, tally in reading.routes.items():
            routes[route].add(tally)
    return routes


def _moment(number: int) -> datetime:
    return datetime.fromtimestamp(number * SLOT_S, UTC)


def _values(routes: dict[str, Tally] | Any) -> dict[str, Any]:  # noqa: ANN401  a row's columns
    return _columns(Tally.total(list(routes.values()))) | {
        "routes": {
            route: {name: value for name, value in _columns(one).items() if value} for route, one in routes.items()
        }
    }


def _columns(tally: Tally) -> dict[str, Any]:
    latencies = {str(bucket): count for bucket, count in tally.latencies.items()}
    return {name: getattr(tally, name) for name in SUMS} | {"latencies": latencies}


def _reading(row: Row[Any]) -> Reading:
    return Reading(row.slot, {route: _tally(fields) for route, fields in row.routes.items()})


def _tally(columns: Any) -> Tally:  # noqa: ANN401  a row's columns, or the JSON of a route
    counts = Counter({int(bucket): count for bucket, count in columns.get("latencies", {}).items()})
    return Tally(**{name: columns[name] for name in SUMS if name in columns}, latencies=counts)
