"""Keyset pagination: a cursor holds the sort key of the last row seen, never a count to skip."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import eq
from typing import Any, Final, Generic, TypeVarTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Integer, Row, Select, UnaryExpression, and_, bindparam, literal, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from dealradar.domain import cursor_values
from dealradar.domain.documents import Shape
from dealradar.domain.errors import BadCursorError
from dealradar.domain.shapes import Item, Page

Columns = TypeVarTuple("Columns")
Rows = Sequence[Row[*tuple[Any, ...]]]
DAMAGED: Final = "This cursor is damaged or was given out for another list; start again without one."
ROWS: Final = "page_rows"
AFTER: Final = "page_after_"
"""What a listing's own parameters are called: how many rows, and after which values of the sort key."""


@dataclass(frozen=True)
class Key:
    """One column of a sort order; it must not be null."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = True

    @property
    def ordered(self) -> UnaryExpression[Any]:
        """Return the column with its direction."""
        return self.column.desc() if self.descending else self.column.asc()


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


class Listing(Generic[Item]):
    """A statement in an order, put together once for all pages of all lists that differ in its parameters alone.

    Its rows are documents of the *model*. *statement* names its parameters (`sqlalchemy.bindparam`); none may begin as
    `ROWS` and `AFTER` do.
    """

    def __init__(self, model: type[Item], statement: Select[*tuple[Any, ...]], order: Order) -> None:
        self._items = TypeAdapter(list[model])  # type: ignore[valid-type]  # known when it is made
        self._shape = Shape.of(statement)
        self._order = order
        self._labelled = _labelled(statement, order)

    def fetch(self, session: Session, window: Window, values: Mapping[str, Any]) -> Page[Item]:
        """Return the page that *window* says of the list that has these *values* for parameters.

        Raises:
            BadCursorError: The cursor is damaged or belongs to another list.
        """
        rows = self._rows(session, window, values)
        items = self._items.validate_python([self._shape.document(row) for row in rows[: window.limit]])
        if len(rows) <= window.limit:
            return Page(items=items, next_cursor=None)
        last = rows[window.limit - 1][-len(self._order.keys) :]
        return Page(items=items, next_cursor=encode(window.scope, self._order, last))

    def _rows(self, session: Session, window: Window, values: Mapping[str, Any]) -> Rows:
        statement, told = self._first, {**values, ROWS: window.limit + 1}
        if window.cursor is not None:
            statement = self._following
            told |= {f"{AFTER}{i}": value for i, value in enumerate(decode(window, self._order))}
        return session.connection().execute(statement, told).all()

    @cached_property
    def _first(self) -> Select[*tuple[Any, ...]]:
        return _ordered(self._labelled, self._order).limit(bindparam(ROWS, type_=Integer))

    @cached_property
    def _following(self) -> Select[*tuple[Any, ...]]:
        bounds = [bindparam(f"{AFTER}{i}", type_=key.column.type) for i, key in enumerate(self._order.keys)]
        late = self._labelled.where(is_after(self._order, bounds))
        return _ordered(late, self._order).limit(bindparam(ROWS, type_=Integer))


def fetch(
    session: Session, statement: Select[*tuple[Any, ...]], order: Order, window: Window
) -> tuple[Rows, str | None]:
    """Return the rows of *window* and the cursor to the next page, or None where there is none.

    Raises:
        BadCursorError: The cursor is damaged or belongs to another list.
    """
    rows = session.execute(cut(_labelled(statement, order), order, window)).all()
    if len(rows) <= window.limit:
        return rows, None
    rows = rows[: window.limit]
    last = [getattr(rows[-1], f"_key_{i}") for i in range(len(order.keys))]
    return rows, encode(window.scope, order, last)


def cut(statement: Select[*Columns], order: Order, window: Window) -> Select[*Columns]:
    """Return *statement* for no more than the rows of *window*, and one that tells whether there is a next page.

    Raises:
        BadCursorError: The cursor is damaged or belongs to another list.
    """
    if window.cursor is not None:
        statement = statement.where(after(order, decode(window, order)))
    return _ordered(statement, order).limit(window.limit + 1)


def encode(scope: str, order: Order, values: Sequence[Any]) -> str:
    """Return the opaque cursor that goes on after *values* in *order* of the list *scope*."""
    payload = [_seal(scope, order), *map(cursor_values.plain, values)]
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(window: Window, order: Order) -> list[Any]:
    """Return the values that the cursor of *window* holds, of the types of the keys of *order*.

    Raises:
        BadCursorError: The cursor is damaged or belongs to another list.
    """
    cursor = str(window.cursor)
    try:
        payload = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        values = _unsealed(payload, _seal(window.scope, order))
        return [cursor_values.read(value, key.column.type) for key, value in zip(order.keys, values, strict=True)]
    except (ValueError, ArithmeticError, RecursionError):
        raise BadCursorError(DAMAGED) from None


def after(order: Order, values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a row comes after *values* in *order*, whose keys may run in different directions.

    An index over the keys leads straight to the first such row: keys of one direction are compared as one row value,
    and else the first key's bound stands alone beside the alternatives, which no index can answer.
    """
    return is_after(order, [literal(value, key.column.type) for key, value in zip(order.keys, values, strict=True)])


def is_after(order: Order, bounds: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Return the condition that a row comes after *bounds*, which stand for a value of each key, in *order*."""
    columns = [key.column for key in order.keys]
    if len({key.descending for key in order.keys}) == 1:
        row, bound = tuple_(*columns), tuple_(*bounds)
        return row < bound if order.keys[0].descending else row > bound
    first_bound = columns[0] <= bounds[0] if order.keys[0].descending else columns[0] >= bounds[0]
    alternatives = [
        and_(*map(eq, columns[:i], bounds[:i]), column < bound if key.descending else column > bound)
        for i, (key, column, bound) in enumerate(zip(order.keys, columns, bounds, strict=True))
    ]
    return and_(first_bound, or_(*alternatives))


def _labelled(statement: Select[*tuple[Any, ...]], order: Order) -> Select[*tuple[Any, ...]]:
    return statement.add_columns(*(key.column.label(f"_key_{i}") for i, key in enumerate(order.keys)))


def _ordered(statement: Select[*Columns], order: Order) -> Select[*Columns]:
    return statement.order_by(*(key.ordered for key in order.keys))


def _seal(scope: str, order: Order) -> str:
    return hashlib.blake2b(f"{scope}\n{order.name}".encode(), digest_size=6).hexdigest()


def _unsealed(payload: object, seal: str) -> list[Any]:
    if not isinstance(payload, list) or payload[:1] != [seal]:
        raise ValueError("not a cursor of this list")
    return payload[1:]
