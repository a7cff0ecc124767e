"""Which column of a file means what: a table of known names, and what the person who imports says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dealradar.imports.errors import UnreadableError


@dataclass(frozen=True)
class Meaning:
    """What a column can mean and the names it is known by, the best first; they stand without case, spaces or signs."""

    field: str
    names: tuple[str, ...]
    is_required: bool = False
    nests: bool = False
    """Several columns may mean it: levels, the outermost first."""


MEANINGS: Final = (
    Meaning("product", ("product", "productid", "clothingid", "asin", "sku", "item", "itemid"), is_required=True),
    Meaning("rating", ("rating", "stars", "starrating", "overall", "score"), is_required=True),
    Meaning("body", ("body", "reviewtext", "reviewbody", "review", "text", "content"), is_required=True),
    Meaning("title", ("title", "summary", "headline", "reviewtitle", "reviewsummary", "reviewheadline")),
    Meaning("helpful", ("helpful", "positivefeedbackcount", "helpfulcount", "helpfulvotes", "helpfulvote")),
    Meaning("reviewer", ("reviewer", "reviewerid", "author", "username", "user", "userid", "customerid")),
    Meaning("date", ("date", "reviewdate", "createdat", "reviewedat", "reviewtime", "timestamp", "time")),
    Meaning(
        "category",
        ("division", "divisionname", "department", "departmentname", "category", "subcategory", "class", "classname"),
        nests=True,
    ),
)


@dataclass(frozen=True)
class Layout:
    """Where in a row each meaning stands.

    Attributes:
        width: How many cells a row has.
        fields: The meaning and the cell of each that has one.
        categories: The cells of the category's levels, the outermost first.
        identity: The cells that tell one review from another, in the order of their names. Neither rearranged columns,
            nor newer counts of helpful votes, nor other row numbers (a column without a name) make it another.
    """

    width: int
    fields: tuple[tuple[str, int], ...]
    categories: tuple[int, ...]
    identity: tuple[int, ...]


def layout_of(header: Sequence[str], mapping: Sequence[tuple[str, str]] = ()) -> Layout:
    """Return where each meaning stands in the rows below *header*.

    *mapping* holds pairs of field and column, which win over the known names; an empty column means "none".

    Raises:
        UnreadableError: A required column is missing, a name is not unique, or the mapping names what is not there.
    """
    _check(mapping, header)
    found = {meaning: _cells_of(meaning, header, mapping) for meaning in MEANINGS}
    missing = [meaning for meaning, cells in found.items() if meaning.is_required and not cells]
    if missing:
        raise UnreadableError(_lament(missing, header))
    fields = tuple((meaning.field, cells[0]) for meaning, cells in found.items() if cells and not meaning.nests)
    by_name = sorted((_plain(name), cell) for cell, name in enumerate(header))
    return Layout(
        width=len(header),
        fields=fields,
        categories=next(cells for meaning, cells in found.items() if meaning.nests),
        identity=tuple(cell for name, cell in by_name if name and ("helpful", cell) not in fields),
    )


def _cells_of(meaning: Meaning, header: Sequence[str], mapping: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    told = [_plain(column) for field, column in mapping if field == meaning.field]
    there = [_plain(name) for name in header]
    names = [name for name in told or meaning.names if name in there]
    if not meaning.nests:
        names = names[:1]
    doubled = [name for name in names if there.count(name) > 1]
    if doubled:
        raise UnreadableError(f"The column for {meaning.field} is not the only one of its name. {_has(header)}")
    return tuple(there.index(name) for name in names)


def _check(mapping: Sequence[tuple[str, str]], header: Sequence[str]) -> None:
    nesting = {meaning.field: meaning.nests for meaning in MEANINGS}
    told = [field for field, _ in mapping]
    for field, column in mapping:
        if field not in nesting:
            raise UnreadableError(f"--map {field}={column}: there is no such field; there are {', '.join(nesting)}.")
        if column and _plain(column) not in map(_plain, header):
            raise UnreadableError(f"--map {field}={column}: there is no such column. {_has(header)}")
        if told.count(field) > 1 and not nesting[field]:
            raise UnreadableError(f"--map {field}=… is given more than once; category alone takes several columns.")


def _lament(missing: Sequence[Meaning], header: Sequence[str]) -> str:
    wanted = "; ".join(f"{meaning.field} (looked for {', '.join(meaning.names)})" for meaning in missing)
    return f"No column for {wanted}. {_has(header)} Say which with --map {missing[0].field}=COLUMN."


def _has(header: Sequence[str]) -> str:
    return f"The header has {', '.join(map(repr, header))}."


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
