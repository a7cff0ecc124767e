"""What one row of a file says: a review that can go in, or the reason why it can't."""

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PastDatetime, ValidationError

from dealradar.domain.reviews import Body, Rating, Title
from dealradar.domain.shapes import Storable, Worded
from dealradar.imports.columns import Layout
from dealradar.imports.sources import Record

MAX_COUNT: Final = 2**31 - 1
MAX_SHOWN_CHARS: Final = 40
WHOLE: Final = re.compile(r"(\d+)(?:[.,]0+)?")
UNIX_TIME: Final = re.compile(r"\d{9,10}|\d{13}")
MILLISECONDS_DIGITS: Final = 13


@dataclass(frozen=True)
class RowFault:
    """A row that can't go in: the line it starts on, and the reason."""

    line: int
    reason: str


def _decoded(cell: str) -> str:
    return html.unescape(cell)


def _trimmed(cell: str) -> str:
    return html.unescape(cell).strip()


def _words_or_none(cell: str) -> str | None:
    return html.unescape(cell) if cell.strip() else None


def _name_or_none(cell: str) -> str | None:
    return _trimmed(cell) or None


def _whole(cell: str) -> str:
    """Return 4.0, as number columns with gaps are often written, as 4."""
    found = WHOLE.fullmatch(cell.strip())
    return found[1] if found else cell


def _whole_or_zero(cell: str) -> str:
    return _whole(cell) if cell.strip() else "0"


def _moment_or_none(cell: str) -> datetime | None:
    text = cell.strip()
    if not text:
        return None
    if UNIX_TIME.fullmatch(text):
        return datetime.fromtimestamp(int(text) / (1000 if len(text) == MILLISECONDS_DIGITS else 1), tz=UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("should be YYYY-MM-DD, an RFC 3339 time or Unix seconds") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Name = Annotated[str, Field(max_length=200), Storable]
Kind = Annotated[str, Field(max_length=120), Storable]


class ReviewRow(BaseModel):
    """A review as a file has it; title and body are kept character for character once their entities are decoded."""

    model_config = ConfigDict(frozen=True)

    line: int
    identity: str
    product: Annotated[str, Field(max_length=120), Storable, Worded, BeforeValidator(_trimmed)]
    rating: Annotated[Rating, BeforeValidator(_whole)]
    body: Annotated[Body, BeforeValidator(_decoded)]
    title: Annotated[Title | None, BeforeValidator(_words_or_none)] = None
    helpful: Annotated[int, Field(ge=0, le=MAX_COUNT), BeforeValidator(_whole_or_zero)] = 0
    reviewer: Annotated[Name | None, BeforeValidator(_name_or_none)] = None
    date: Annotated[PastDatetime | None, BeforeValidator(_moment_or_none)] = None
    category: tuple[Kind, ...] = ()


def read(record: Record, layout: Layout) -> ReviewRow | RowFault | None:
    """Return the review of *record*, or why it has none; None for a blank line."""
    if record.flaw:
        return RowFault(record.line, record.flaw)
    if not any(cell.strip() for cell in record.cells):
        return None
    if len(record.cells) != layout.width:
        return RowFault(record.line, f"has {len(record.cells)} columns, the header {layout.width}")
    cells = {field: record.cells[cell] for field, cell in layout.fields}
    path = _path([record.cells[cell] for cell in layout.categories])
    identity = _identity([record.cells[cell] for cell in layout.identity])
    try:
        return ReviewRow.model_validate({**cells, "category": path, "identity": identity, "line": record.line})
    except ValidationError as error:
        return RowFault(record.line, _reason(error, cells))


def _path(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the levels of a category; a level that only repeats the one above it is none."""
    names = [name for name in map(_trimmed, cells) if name]
    return tuple(name for name, above in zip(names, [None, *names], strict=False) if name != above)


def _identity(cells: Sequence[str]) -> str:
    return hashlib.blake2b(json.dumps(cells).encode(), digest_size=16).hexdigest()


def _reason(error: ValidationError, cells: Mapping[str, str]) -> str:
    fault = error.errors()[0]
    field = str(fault["loc"][0])
    given = cells.get(field, str(fault["input"]))
    if "max_length" in fault.get("ctx", {}):
        return f"{field} has {len(given)} characters, more than {fault['ctx']['max_length']}"
    shown = given if len(given) <= MAX_SHOWN_CHARS else f"{given[:MAX_SHOWN_CHARS]}…"
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{field} {shown!r} {message}"
