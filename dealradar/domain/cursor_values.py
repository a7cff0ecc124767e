"""The values in a cursor: anybody may have made it, so none reaches PostgreSQL that a column can't be compared with."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, DateTime, Float, Integer, Numeric, SmallInteger, String
from sqlalchemy.types import TypeEngine

MAX_EXPONENT: Final = 1_000
INTEGER_BITS: Final[tuple[tuple[type[TypeEngine[int]], int], ...]] = (
    (SmallInteger, 15),
    (BigInteger, 63),
    (Integer, 31),
)


def plain(value: Any) -> Any:  # noqa: ANN401  whatever type the sort column has
    """Return *value* as JSON can keep it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def read(value: Any, kind: TypeEngine[Any]) -> Any:  # noqa: ANN401  likewise
    """Return what *plain* made *value* of, for a column of the type *kind*.

    Raises:
        ValueError: It was made of nothing that the column can hold.
        ArithmeticError: It is a number or a time beyond all bounds.
    """
    kept_as, reader = READERS[kind.python_type]
    if type(value) is not kept_as:
        raise ValueError("of another type than the column")
    return reader(value, kind)


def _moment(text: str, kind: DateTime) -> datetime:
    moment = datetime.fromisoformat(text)
    if (moment.tzinfo is not None) != kind.timezone:
        raise ValueError("only one of both knows its time zone")
    return moment.astimezone(UTC) if kind.timezone else moment


def _decimal(text: str, _kind: Numeric[Decimal]) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError("not a number that PostgreSQL has")
    return number


def _float(number: float, _kind: Float[float]) -> float:
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _truth(truth: bool, _kind: Boolean) -> bool:
    return truth


def _integer(number: int, kind: Integer) -> int:
    bits = next(bits for width, bits in INTEGER_BITS if isinstance(kind, width))
    if not -(2**bits) <= number < 2**bits:
        raise ValueError("beyond the column's integers")
    return number


def _text(text: str, _kind: String) -> str:
    if "\x00" in text:
        raise ValueError("NUL is not text")
    text.encode()  # a lone surrogate, which JSON allows, has no UTF-8
    return text


READERS: Final[Mapping[type, tuple[type, Callable[[Any, Any], Any]]]] = {
    bool: (bool, _truth),
    datetime: (str, _moment),
    Decimal: (str, _decimal),
    float: (float, _float),
    int: (int, _integer),
    str: (str, _text),
}
"""For each type of a sort column: what JSON keeps it as, and how it is read back."""
