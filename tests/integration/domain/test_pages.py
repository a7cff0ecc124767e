import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Row,
    SmallInteger,
    Table,
    Text,
    bindparam,
    create_engine,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from dealradar.domain import pages
from dealradar.domain.errors import BadCursorError
from dealradar.domain.pages import Key, Listing, Order, Window
from dealradar.domain.shapes import Output

SCOPE = "offers"
OFFERS = Table(
    "offers",
    MetaData(),
    Column("stars", SmallInteger, nullable=False),
    Column("votes", Integer, nullable=False),
    Column("heat", Double, nullable=False),
    Column("average", Numeric(3, 2), nullable=False),
    Column("title", Text, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Column("id", BigInteger, Identity(), primary_key=True),
    Index("idx_offers_best", "stars", "id"),
    prefixes=["TEMPORARY"],
)
SORTED_BY = [column for column in OFFERS.c if column is not OFFERS.c.id]
BEST_FIRST = Order("best", (Key(OFFERS.c.stars), Key(OFFERS.c.id)))
BEST_THEN_OLDEST = Order("best then oldest", (Key(OFFERS.c.stars), Key(OFFERS.c.id, descending=False)))
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

# Few values each, so that most rows tie with others.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "stars": st.integers(1, 3),
            "votes": st.sampled_from([-(2**31), 0, 2**31 - 1]),
            "heat": st.sampled_from([-0.1, 0.1 + 0.2, 1e300, 5e-324]),
            "average": st.sampled_from([Decimal("0.01"), Decimal("4.50"), Decimal("4.5")]),
            "title": st.sampled_from(["", "a", "A", "ä", "\U0001f600", "é'\"\\"]),
            "posted_at": st.sampled_from([EPOCH, EPOCH + timedelta(microseconds=1), EPOCH - timedelta(days=700_000)]),
        }
    ),
    max_size=12,
)
ORDERS = st.tuples(st.lists(st.sampled_from(SORTED_BY), unique=True, max_size=4), st.lists(st.booleans(), min_size=5))


@pytest.fixture(scope="module")
def session(database_url: str) -> Iterator[Session]:
    """Return a session that alone sees an empty table of offers."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection, Session(connection) as session:
        OFFERS.create(connection)
        yield session
    engine.dispose()


def order_of(columns: Sequence[Column[Any]], directions: Sequence[bool]) -> Order:
    columns = [*columns, OFFERS.c.id]
    keys = tuple(Key(column, descending) for column, descending in zip(columns, directions, strict=False))
    return Order("drawn", keys)


def fill(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(delete(OFFERS))
    if rows:
        session.execute(insert(OFFERS), list(rows))


class Numbered(Output):
    """What an offer is but for its number is no matter."""

    id: int


def walk(session: Session, order: Order, *, limit: int) -> Iterator[Sequence[Row[Any]]]:
    """Yield each page, as a client would come by it; a listing that is put together once must give the same."""
    listing = Listing(Numbered, select(OFFERS.c.id).where(OFFERS.c.id >= bindparam("least")), order)
    cursor: str | None = None
    while True:
        window = Window(SCOPE, limit, cursor)
        rows, cursor = pages.fetch(session, select(OFFERS.c.id), order, window)
        page = listing.fetch(session, window, {"least": 0})
        assert ([item.id for item in page.items], page.next_cursor) == ([row.id for row in rows], cursor)
        yield rows
        if cursor is None:
            return


@settings(deadline=None, max_examples=150)
@given(rows=ROWS, drawn=ORDERS, limit=st.integers(1, 5))
def test_walking_the_cursors_gives_every_row_once_and_in_order(
    session: Session, rows: list[dict[str, Any]], drawn: tuple[list[Column[Any]], list[bool]], limit: int
) -> None:
    order = order_of(*drawn)
    fill(session, rows)
    by_keys = [key.column.desc() if key.descending else key.column.asc() for key in order.keys]
    all_at_once = session.scalars(select(OFFERS.c.id).order_by(*by_keys)).all()

    walked = list(walk(session, order, limit=limit))

    assert [row.id for page in walked for row in page] == list(all_at_once)
    assert all(len(page) == limit for page in walked[:-1])


def test_a_list_that_ends_with_its_page_gives_no_cursor_to_an_empty_one(session: Session) -> None:
    fill(session, [offer(stars=3) for _ in range(4)])

    walked = list(walk(session, BEST_FIRST, limit=2))

    assert [len(page) for page in walked] == [2, 2]


def test_rows_that_come_and_go_between_two_pages_neither_repeat_nor_hide_others(session: Session) -> None:
    fill(session, [offer(stars=stars) for stars in (5, 4, 3, 2)])
    pages_read = walk(session, BEST_FIRST, limit=2)
    best = next(pages_read)

    session.execute(delete(OFFERS).where(OFFERS.c.id == best[-1].id))
    session.execute(insert(OFFERS), [offer(stars=5)])
    rest = next(pages_read)

    stars = select(OFFERS.c.stars).where(OFFERS.c.id.in_([row.id for row in rest])).order_by(OFFERS.c.stars.desc())
    assert session.scalars(stars).all() == [3, 2]


@settings(deadline=None, max_examples=200)
@given(column=st.sampled_from(list(OFFERS.c)), data=st.data())
def test_whatever_value_a_cursor_holds_it_is_a_page_or_a_bad_cursor_and_never_a_fault_of_the_database(
    session: Session, column: Column[Any], data: st.DataObject
) -> None:
    value = data.draw(
        st.none()
        | st.booleans()
        | st.integers()
        | st.integers(-(2**63), 2**63)
        | st.floats()
        | st.text()
        | st.datetimes(timezones=st.timezones() | st.none()).map(datetime.isoformat)
        | st.decimals().map(str)
        | st.builds("{}e{}".format, st.integers(), st.integers(-200_000, 200_000))
    )
    order = Order("forged", (Key(column),))
    cursor = pages.encode(SCOPE, order, [value])

    with contextlib.suppress(BadCursorError), session.begin_nested():
        pages.fetch(session, select(OFFERS.c.id), order, Window(SCOPE, 1, cursor))


@pytest.mark.parametrize("order", [BEST_FIRST, BEST_THEN_OLDEST], ids=["one direction", "mixed directions"])
def test_a_late_page_is_found_through_the_index_and_not_by_passing_over_the_early_ones(
    session: Session, order: Order
) -> None:
    fill(session, [offer(stars=stars) for stars in (5, 4, 3) for _ in range(500)])
    session.execute(text("ANALYZE offers"))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_bitmapscan = off"))
    last_of_the_best = session.scalars(select(OFFERS.c.id).where(OFFERS.c.stars == 5)).all()[-1]

    late = select(OFFERS.c.id).where(pages.after(order, [4, last_of_the_best])).order_by(OFFERS.c.stars.desc())
    compiled = late.limit(20).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = session.execute(text(f"EXPLAIN (FORMAT JSON) {compiled}")).scalar_one()

    assert "Index Cond" in json.dumps(plan)


def offer(*, stars: int) -> dict[str, Any]:
    return {
        "stars": stars,
        "votes": 0,
        "heat": 0.0,
        "average": Decimal("1.00"),
        "title": "An offer",
        "posted_at": EPOCH,
    }
