import base64
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, DateTime, Double, Integer, MetaData, Numeric, SmallInteger, Table, Text
from sqlalchemy.types import TypeEngine

from dealradar.domain import pages
from dealradar.domain.errors import BadCursorError
from dealradar.domain.pages import Key, Order, Window

SCOPE = "offers"
OFFERS = Table("offers", MetaData(), Column("stars", SmallInteger), Column("id", BigInteger, primary_key=True))
BEST_FIRST = Order("best", (Key(OFFERS.c.stars), Key(OFFERS.c.id)))
WORST_FIRST = Order("worst", (Key(OFFERS.c.stars, descending=False), Key(OFFERS.c.id)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def read(cursor: str, order: Order = BEST_FIRST, scope: str = SCOPE) -> list[Any]:
    return pages.decode(Window(scope, limit=20, cursor=cursor), order)


def payload_of(cursor: str) -> list[Any]:
    payload = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    assert isinstance(payload, list)
    return payload


def packed(payload: object) -> str:
    return packed_text(json.dumps(payload))


def packed_text(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def forged(value: object, kind: TypeEngine[Any]) -> tuple[str, Order]:
    """Return a cursor that is ours in all but its value, and the order of one column of the type *kind*."""
    order = Order("forged", (Key(Column("value", kind)),))
    seal = payload_of(pages.encode(SCOPE, order, [0]))[0]
    return packed([seal, value]), order


def test_a_cursor_gives_back_what_was_put_in() -> None:
    assert read(pages.encode(SCOPE, BEST_FIRST, [4, 2**63 - 1])) == [4, 2**63 - 1]


@given(cursor=st.text() | st.text(alphabet=st.characters(codec="ascii")))
def test_any_text_that_is_no_cursor_is_refused_as_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        read(cursor)


@given(payload=JSON)
def test_any_json_without_the_seal_is_refused(payload: object) -> None:
    with pytest.raises(BadCursorError):
        read(packed(payload))


def test_a_cursor_that_lost_its_end_is_refused() -> None:
    cursor = pages.encode(SCOPE, BEST_FIRST, [4, 1234567890])

    for length in range(len(cursor)):
        with pytest.raises(BadCursorError):
            read(cursor[:length])


@pytest.mark.parametrize(
    ("scope", "order"),
    [("offers of others", BEST_FIRST), (SCOPE, WORST_FIRST)],
    ids=["another list", "another sort"],
)
def test_a_cursor_of_another_list_is_refused(scope: str, order: Order) -> None:
    foreign = pages.encode(scope, order, [4, 7])

    with pytest.raises(BadCursorError):
        read(foreign)


@pytest.mark.parametrize("change", [lambda values: values[:-1], lambda values: [*values, 1], lambda _: []])
def test_a_cursor_with_too_few_or_too_many_values_is_refused(change: Any) -> None:
    seal, *values = payload_of(pages.encode(SCOPE, BEST_FIRST, [4, 7]))

    with pytest.raises(BadCursorError):
        read(packed([seal, *change(values)]))


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "[" * 5_000 + "]" * 5_000, "9" * 5_000, '"' + "x" * 1_000_000 + '"', "NaN", "\ufeff[]"],
    ids=["endless nesting", "deep nesting", "a number of 5000 digits", "a megabyte", "NaN", "a byte order mark"],
)
def test_a_monstrous_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursorError):
        read(packed_text(text))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, BigInteger()),
        (1.0, BigInteger()),
        ("1", BigInteger()),
        (None, BigInteger()),
        ([1], BigInteger()),
        ({"id": 1}, BigInteger()),
        (2**63, BigInteger()),
        (-(2**63) - 1, BigInteger()),
        (2**31, Integer()),
        (2**15, SmallInteger()),
        (True, Double()),
        (1, Double()),
        ("1.5", Double()),
        (float("nan"), Double()),
        (float("inf"), Double()),
        (4.5, Numeric()),
        ("NaN", Numeric()),
        ("-Infinity", Numeric()),
        ("1e131073", Numeric()),
        ("1e-20000", Numeric()),
        ("1e99999999999999999999", Numeric()),
        ("four", Numeric()),
        ("2026-01-01T00:00:00", DateTime(timezone=True)),
        ("2026-01-01T00:00:00+00:00", DateTime(timezone=False)),
        ("2026-01-01", DateTime(timezone=True)),
        ("2026-13-01T00:00:00+00:00", DateTime(timezone=True)),
        ("0001-01-01T00:00:00+23:59", DateTime(timezone=True)),
        ("9999-12-31T23:59:59-23:59", DateTime(timezone=True)),
        (1767225600, DateTime(timezone=True)),
        ("nu\x00l", Text()),
        ("half a pair: \ud83d", Text()),
        (1, Text()),
    ],
)
def test_a_value_that_the_column_cannot_hold_is_refused(value: object, kind: TypeEngine[Any]) -> None:
    cursor, order = forged(value, kind)

    with pytest.raises(BadCursorError):
        read(cursor, order)


@pytest.mark.parametrize(
    ("value", "kind", "meant"),
    [
        (-(2**63), BigInteger(), -(2**63)),
        (2**31 - 1, Integer(), 2**31 - 1),
        (-(2**15), SmallInteger(), -(2**15)),
        (-0.1, Double(), -0.1),
        ("4.50", Numeric(), Decimal("4.50")),
        (
            "2026-01-01T02:00:00+02:00",
            DateTime(timezone=True),
            datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        ),
        ("", Text(), ""),
        ("größer \U0001f600", Text(), "größer \U0001f600"),
    ],
)
def test_a_value_at_the_bounds_of_the_column_is_read(value: object, kind: TypeEngine[Any], meant: object) -> None:
    cursor, order = forged(value, kind)

    assert read(cursor, order) == [meant]
