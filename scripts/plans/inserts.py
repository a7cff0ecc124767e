# ruff: noqa: S608  the statements are made of the catalogue's names
"""What an index costs each row that is written."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from dealradar.extensions import db
from dealradar.indexes import Index
from scripts.plans.measuring import undone

THERE: Final = 20_000
NEW: Final = 5_000
TIMES: Final = 5


@dataclass(frozen=True)
class Cost:
    """What each of 5,000 rows more costs a table of 20,000 if it has the index."""

    time_us: float
    wal_bytes: float


def cost(index: Index) -> Cost | None:
    """Return what *index* costs an insert; None where its table has too few rows to tell."""
    if db.session.execute(
        text(f"SELECT count(*) FROM (SELECT FROM {index.table} LIMIT {THERE + NEW})")
    ).scalar_one() < (THERE + NEW):
        return None
    with undone():
        db.session.execute(text(f"CREATE TABLE dealradar_copy (LIKE {index.table})"))
        rows = f"FROM (SELECT * FROM {index.table} LIMIT {THERE + NEW}) AS sample"
        db.session.execute(text(f"INSERT INTO dealradar_copy SELECT * {rows} LIMIT {THERE}"))
        bare = _insert(f"SELECT * {rows} OFFSET {THERE}")
        db.session.execute(text(f"CREATE INDEX ON dealradar_copy {index.definition}"))
        indexed = _insert(f"SELECT * {rows} OFFSET {THERE}")
    return Cost(max(0.0, indexed.time_us - bare.time_us), max(0.0, indexed.wal_bytes - bare.wal_bytes))


def _insert(rows: str) -> Cost:
    """Return what a row costs at the quickest of several times."""
    costs = []
    for _ in range(TIMES):
        with undone():
            told: Any = db.session.execute(
                text(f"EXPLAIN (ANALYZE, WAL, FORMAT JSON) INSERT INTO dealradar_copy {rows}")
            ).scalar_one()[0]
            costs.append(Cost(told["Execution Time"] * 1_000 / NEW, told["Plan"]["WAL Bytes"] / NEW))
    return min(costs, key=lambda one: one.time_us)
