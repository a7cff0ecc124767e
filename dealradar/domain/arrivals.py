"""Rows that come in bulk and may be there already, each told by a key of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnExpressionArgument, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from dealradar.extensions import db


@dataclass(frozen=True)
class Arrivals:
    """What came of rows that were brought in: the ids of those that are there now, by key, and how many are new."""

    ids: Mapping[str, int]
    made: int


def bring_in(
    key: InstrumentedAttribute[Any], rows: Sequence[Mapping[str, Any]], *among: ColumnExpressionArgument[bool]
) -> Arrivals:
    """Insert those of *rows* that contradict nothing which is there; the caller commits.

    A row is taken to be there if one *among* these has its *key*.
    """
    if not rows:
        return Arrivals({}, 0)
    new = insert(key.class_).on_conflict_do_nothing().returning(key, key.class_.id)
    made: dict[str, int] = dict(db.session.execute(new, rows).all())
    there = ids_by(key, {row[key.key] for row in rows} - made.keys(), *among)
    return Arrivals({**made, **there}, len(made))


def ids_by(
    key: InstrumentedAttribute[Any], values: Collection[str], *among: ColumnExpressionArgument[bool]
) -> Mapping[str, int]:
    """Return the ids of the rows whose *key* is one of *values*."""
    if not values:
        return {}
    found = select(key, key.class_.id).where(key.in_(values), *among)
    return dict(db.session.execute(found).all())
