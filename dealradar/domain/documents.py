"""Rows as documents, by columns alone: what the ORM makes of a row first costs more than to read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Select
from sqlalchemy.orm import Bundle


@dataclass(frozen=True)
class _Part:
    """A document in another one, *name*: its fields *names* are the columns from *start* on."""

    name: str
    names: tuple[str, ...]
    start: int

    def document(self, row: Sequence[Any]) -> dict[str, Any] | None:
        """Return it as *row* has it; None where the first column is null, since nothing was joined."""
        if row[self.start] is None:
            return None
        return dict(zip(self.names, row[self.start : self.start + len(self.names)], strict=True))


@dataclass(frozen=True)
class Shape:
    """Which column of a statement's rows is which field of their documents; a `Bundle` is a document in it."""

    own: tuple[tuple[str, int], ...]
    parts: tuple[_Part, ...]

    @classmethod
    def of(cls, statement: Select[*tuple[Any, ...]]) -> Self:
        """Return the shape of what *statement* selects."""
        own: list[tuple[str, int]] = []
        parts: list[_Part] = []
        width = 0
        for described in statement.column_descriptions:
            name, chosen = described["name"], described["expr"]
            if isinstance(chosen, Bundle):
                parts.append(_Part(name, tuple(chosen.c.keys()), width))
                width += len(parts[-1].names)
            else:
                own.append((name, width))
                width += 1
        return cls(tuple(own), tuple(parts))

    def document(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return the document that *row* is; further columns than the statement's are left out."""
        document = {name: row[place] for name, place in self.own}
        for part in self.parts:
            document[part.name] = part.document(row)
        return document
