"""Keyset pagination: a cursor holds the sort key of the last row seen, never a count to skip."""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from dealradar.domain.errors import BadCursorError

DAMAGED: Final = "This cursor is damaged or was given out for another list; start again without one."
MAX_INT: Final = 2**63
Number = TypeVar("Number", float, Decimal)


@dataclass(frozen=True)
class Key:
    """One column of a sort order; it must not be null."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = True


@dataclass(frozen=True)
class Order:
    """A total order of a list: the last key is unique, so that no row is skipped or seen twice."""

    name: str
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Window:
    """Which page is asked for: how many rows, after which cursor, of which list.

    *scope* names the list with its filters; a cursor of another scope is refused.
    """

    scope: str
    limit: int
    cursor: str | None = None


def fetch(
    session: Session, statement: Select[*tuple[Any, ...]], order: Order, window: Window
) -> tuple[Sequence[Row[*tuple[Any, ...]]], str | None]:
    """Return the rows of *window* and the cursor to the next page, or None where there is none.

    Raises:
        BadCursorError: The cursor is damaged or belongs to another list.
    """
    labelled = statement.add_columns(*(key.column.label(f"_key_{i}") for i, key in enumerate(order.keys)))
    if window.cursor is not None:
        labelled = labelled.where(after(order, decode(window, order)))
    labelled = labelled.order_by(*(key.column.desc() if key.descending else key.column.asc() for key in order.keys))
    rows = session.execute(labelled.limit(window.limit + 1)).all()
    if len(rows) <= window.limit:
        return rows, None
    rows = rows[: window.limit]
    last = [getattr(rows[-1], f"_key_{i}") for i in range(len(order.keys))]
    return rows, encode(window.scope, order, last)


def encode(scope: str, order: Order, values: Sequence[Any]) -> str:
    """Return the opaque cursor that goes on after *values* in *order* of the list *scope*."""
    payload = [_seal(scope, order), *(_plain(value) for value in values)]
    return base64.urlsafe_b64encode(json.dumps(payload, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(window: Window, order: Order) -> list[Any]:
    """Return the values that the cursor of *window* holds, of the types of the keys of *order*.

    Raises:
        BadCursorError: The cursor is damaged or belongs to another list.
    """
    try:
        padded = str(window.cursor) + "=" * (-len(str(window.cursor)) % 4)
        payload = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursorError(DAMAGED) from None
    if not isinstance(payload, list) or len(payload) != len(order.keys) + 1:
        raise BadCursorError(DAMAGED)
    if payload[0] != _seal(window.scope, order):
        raise BadCursorError(DAMAGED)
    return [_typed(key, value) for key, value in zip(order.keys, payload[1:], strict=True)]


def after(order: Order, values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a row comes after *values* in *order*, whose keys may run in different directions."""
    alternatives: list[ColumnElement[bool]] = []
    for i, (key, value) in enumerate(zip(order.keys, values, strict=True)):
        equal = [earlier.column == values[j] for j, earlier in enumerate(order.keys[:i])]
        beyond = key.column < value if key.descending else key.column > value
        alternatives.append(and_(*equal, beyond))
    return or_(false(), *alternatives)


def _seal(scope: str, order: Order) -> str:
    return hashlib.blake2b(f"{scope}\n{order.name}".encode(), digest_size=6).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever type the sort column has
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _typed(key: Key, value: Any) -> Any:  # noqa: ANN401  likewise
    wanted = key.column.type.python_type
    try:
        if wanted is datetime:
            return datetime.fromisoformat(value)
        if wanted is Decimal:
            return _finite(Decimal(value))
        if wanted is float:
            return _finite(float(value))
    except (TypeError, ValueError, ArithmeticError):
        raise BadCursorError(DAMAGED) from None
    if type(value) is not wanted or (isinstance(value, int) and not -MAX_INT <= value < MAX_INT):
        raise BadCursorError(DAMAGED)
    if isinstance(value, str) and "\x00" in value:
        raise BadCursorError(DAMAGED)
    return value


def _finite(number: Number) -> Number:
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number
