# ruff: noqa: S608  the statements are made of the names in counters.py
"""Whether each counter and tally holds what it should, and putting right those that don't."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import text

from dealradar.domain.counters import Sums, sums
from dealradar.domain.tallies import TALLIES, Tally
from dealradar.extensions import db

BATCH_ROWS: Final = 1_000


@dataclass(frozen=True)
class Drift:
    """A counter that holds *stored* where its rows add up to *counted*; *row* is its row's key."""

    table: str
    row: int | str
    column: str
    stored: int
    counted: int


@dataclass(frozen=True)
class _Count:
    """The statements' parts that count anew what one table's counters should hold."""

    table: str
    columns: tuple[str, ...]
    joins: str
    counted: tuple[str, ...]

    @property
    def drifted(self) -> str:
        """Return the FROM and WHERE of the rows whose counters are wrong."""
        stored = ", ".join(f"{self.table}.{column}" for column in self.columns)
        return f"FROM {self.table} {self.joins} WHERE ({stored}) IS DISTINCT FROM ({', '.join(self.counted)})"


def drifts() -> Iterator[Drift]:
    """Yield each counter and tally that is wrong; they are read as they are wanted, however many.

    What is written meanwhile does no harm: a row and the counters that it adds to become visible together.
    """
    _be_patient()
    for count in _counts():
        for row in db.session.execute(
            text(f"SELECT {count.table}.id, {_pairs(count)} {count.drifted}"),
            execution_options={"yield_per": BATCH_ROWS},
        ):
            yield from _differing(count, row[0], row[1:])
    for tally in TALLIES:
        for *key, stored, counted in db.session.execute(text(tally.drifted)):
            yield Drift(tally.table, " ".join(map(str, key)), "count", stored, counted)


def mend() -> int:
    """Set each counter and tally that is wrong to what its rows add up to; return in how many rows. The caller commits.

    Those rows are locked before they are counted, so that what is written meanwhile is added to the right number; of a
    tally, which may lack some, the table is.
    """
    _be_patient()
    mended = 0
    for count in _counts():
        # Again, since one of a thread's counters may look right only as long as another is wrong.
        while _lock_drifted(count):
            mended += _set_right(count)
    return mended + sum(_retally(tally) for tally in TALLIES)


def _retally(tally: Tally) -> int:
    if db.session.execute(text(tally.drifted)).first() is None:
        return 0
    db.session.execute(text(tally.locked))
    return db.session.connection().execute(text(tally.mended)).rowcount


def _lock_drifted(count: _Count) -> int:
    drifted = f"SELECT {count.table}.id {count.drifted}"
    rows = f"SELECT FROM {count.table} WHERE id IN ({drifted}) ORDER BY id FOR NO KEY UPDATE"
    return int(db.session.execute(text(f"SELECT count(*) FROM ({rows}) AS locked")).scalar_one())


def _set_right(count: _Count) -> int:
    assignments = ", ".join(f"{column} = mended.{column}" for column in count.columns)
    values = ", ".join(f"{counted} AS {column}" for column, counted in zip(count.columns, count.counted, strict=True))
    mended = f"SELECT {count.table}.id, {values} {count.drifted}"
    update = f"UPDATE {count.table} SET {assignments} FROM ({mended}) AS mended WHERE {count.table}.id = mended.id"
    return db.session.connection().execute(text(update)).rowcount


def _be_patient() -> None:
    db.session.execute(text("SET LOCAL statement_timeout = 0"))


def _counts() -> list[_Count]:
    return [_count(table, tuple(group)) for table, group in groupby(sums(), key=lambda one: one.table)]


def _count(table: str, parts: tuple[Sums, ...]) -> _Count:
    terms: dict[str, list[str]] = {}
    for i, part in enumerate(parts):
        for counter in part.counters:
            terms.setdefault(counter.column, []).append(f"coalesce(sums_{i}.{counter.column}, 0)")
    return _Count(
        table=table,
        columns=tuple(terms),
        joins=" ".join(_join(table, i, part) for i, part in enumerate(parts)),
        counted=tuple(" + ".join(addends) for addends in terms.values()),
    )


def _join(table: str, i: int, part: Sums) -> str:
    columns = ", ".join(
        f"sum({counter.adds}) FILTER (WHERE {counter.where}) AS {counter.column}" for counter in part.counters
    )
    return (
        f"LEFT JOIN (SELECT {part.by} AS id, {columns} FROM {part.over} GROUP BY {part.by}) AS sums_{i}"
        f" ON sums_{i}.id = {table}.id"
    )


def _pairs(count: _Count) -> str:
    return ", ".join(
        f"{count.table}.{column}, {counted}" for column, counted in zip(count.columns, count.counted, strict=True)
    )


def _differing(count: _Count, row_id: int, numbers: tuple[int, ...]) -> Iterator[Drift]:
    for column, stored, counted in zip(count.columns, numbers[::2], numbers[1::2], strict=True):
        if stored != counted:
            yield Drift(count.table, row_id, column, stored, int(counted))
