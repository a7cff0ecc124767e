# ruff: noqa: S608  the statements are made of the counters' own names
"""What counters hold and what moved them, for the tests about them."""

from collections import Counter as Tally

from sqlalchemy import text

from dealradar.domain import recount
from dealradar.domain.counters import COUNTERS
from dealradar.extensions import db

Counters = Tally[tuple[str, int, str]]


def counters() -> Counters:
    """Return what each counter of each row holds, by table, row and column."""
    columns = dict.fromkeys((counter.table, counter.column) for counter in COUNTERS)
    union = " UNION ALL ".join(f"SELECT '{table}', id, '{column}', {column} FROM {table}" for table, column in columns)
    found = Tally({(table, row, column): value for table, row, column, value in db.session.execute(text(union))})
    db.session.rollback()
    return found


def changes(before: Counters, after: Counters) -> set[str]:
    """Return what became of the rows that are still there, such as ``deals.1.upvote_count+1``."""
    return {
        f"{table}.{row}.{column}{after[table, row, column] - before[table, row, column]:+}"
        for table, row, column in after
        if after[table, row, column] != before[table, row, column]
    }


def drifts() -> list[recount.Drift]:
    """Return the counters that are wrong."""
    found = list(recount.drifts())
    db.session.rollback()
    return found


def write(*statements: str) -> None:
    """Execute *statements* in one transaction and commit it, as psql would."""
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()
