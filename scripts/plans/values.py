# ruff: noqa: S608  the statements are made of the names in cases.py
"""What queries are asked about: something popular, something middling, something that has nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import text

from dealradar.extensions import db


@dataclass(frozen=True)
class Value:
    """One value to ask with, and how much there is of it: ``popular``."""

    label: str
    value: Any


class Values(Protocol):
    """Where the values of a query come from."""

    def pick(self) -> Sequence[Value]:
        """Return the values to ask with."""


@dataclass(frozen=True)
class Fixed:
    """Values that are known beforehand, each with its label."""

    known: tuple[tuple[str, Any], ...]

    def pick(self) -> Sequence[Value]:
        """Return them."""
        return [Value(*one) for one in self.known]


@dataclass(frozen=True)
class Owners:
    """Rows of *table*, told by *key*, by how many rows of *of* refer to them in *by*; among those that fulfil *where*.

    *where* is about the former, *counting* about the latter.
    """

    table: str
    of: str
    by: str
    key: str = "id"
    where: str = "true"
    counting: str = "true"

    def pick(self) -> Sequence[Value]:
        """Return who has most, who has as many as half of those that have any, and one who has none."""
        counted = (
            f"SELECT {self.by} AS id, count(*) AS n FROM {self.of} WHERE {self.by} IS NOT NULL AND {self.counting}"
            " GROUP BY 1"
        )
        ranked = (
            f"SELECT {self.table}.{self.key} FROM {self.table} JOIN ({counted}) AS counted USING (id)"
            f" WHERE {self.where} ORDER BY n DESC, id"
        )
        none = (
            f"SELECT {self.key} FROM {self.table} WHERE {self.where}"
            f" AND NOT EXISTS (SELECT FROM {self.of} WHERE {self.by} = {self.table}.id AND {self.counting}) LIMIT 1"
        )
        half = f"{ranked} OFFSET (SELECT count(*) / 2 FROM ({ranked}) AS all_of_them) LIMIT 1"
        found = (("popular", f"{ranked} LIMIT 1"), ("middling", half), ("empty", none))
        return [Value(label, row[0]) for label, statement in found for row in db.session.execute(text(statement))]


@dataclass(frozen=True)
class Terms:
    """The values that a column has, by how often it has them."""

    table: str
    column: str

    def pick(self) -> Sequence[Value]:
        """Return the most frequent one and the rarest."""
        ranked = f"SELECT {self.column} FROM {self.table} GROUP BY 1 ORDER BY count(*) DESC, 1"
        found = db.session.scalars(text(ranked)).all()
        return [Value("popular", found[0]), Value("rare", found[-1])] if found else []


@dataclass(frozen=True)
class Moments:
    """Times within what *column* has."""

    table: str
    column: str

    def pick(self) -> Sequence[Value]:
        """Return the latest, and one after which there is a tenth."""
        late = (
            f"SELECT percentile_disc(ARRAY[1, 0.9]::float8[]) WITHIN GROUP (ORDER BY {self.column}) FROM {self.table}"
        )
        latest, tenth = db.session.execute(text(late)).scalar_one() or (None, None)
        return [] if latest is None else [Value("latest", latest), Value("last tenth", tenth)]


NONE: Final = Fixed((("all", None),))
"""For queries that are about everything."""
