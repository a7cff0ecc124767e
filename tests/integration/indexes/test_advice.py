"""Made-up bad indexes in a real database, and what is said of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from dealradar.extensions import db
from dealradar.indexes import advice, inspection
from dealradar.indexes.advice import BLOATED_BYTES, Advice, Kind
from dealradar.indexes.inspection import Evidence, Inspected, WholeScan

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SINCE = NOW - timedelta(days=8)


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """Return a connection with a table of 20,000 rows, which is gone afterwards."""
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE shelves (id bigint PRIMARY KEY, room integer, label text)"))
        connection.execute(
            text("INSERT INTO shelves SELECT n, n % 100, 'shelf ' || n FROM generate_series(1, 20000) AS n")
        )
        yield connection
        connection.execute(text("DROP TABLE shelves"))


def _about_shelves(connection: Connection, *, since: datetime = SINCE) -> dict[str, Advice]:
    own = [index for index in inspection.indexes(connection) if index.table == "shelves"]
    return {one.about: one for one in advice.advise(Evidence(own, since, None), now=NOW)}


def _create(connection: Connection, *definitions: str) -> None:
    for definition in definitions:
        connection.execute(text(f"CREATE INDEX {definition}"))


def test_of_two_that_are_alike_one_can_go(connection: Connection) -> None:
    _create(connection, "a ON shelves (room)", "b ON shelves (room)")

    found = _about_shelves(connection, since=NOW)

    assert {name: one.kind for name, one in found.items()} == {"b": Kind.DUPLICATE}
    assert found["b"].sql == "DROP INDEX CONCURRENTLY b;"


def test_one_that_another_begins_with_can_go(connection: Connection) -> None:
    _create(connection, "a ON shelves (room)", "b ON shelves (room, label)")

    assert {name: one.kind for name, one in _about_shelves(connection, since=NOW).items()} == {"a": Kind.COVERED}


def test_what_a_key_does_too_can_go_and_the_key_stays(connection: Connection) -> None:
    _create(connection, "a ON shelves (id)")

    assert {name: one.why for name, one in _about_shelves(connection, since=NOW).items()} == {
        "a": "shelves_pkey does all that it does"
    }


@pytest.mark.parametrize(
    "other",
    [
        "b ON shelves (label, room)",
        "b ON shelves (room, label) WHERE label IS NOT NULL",
        "b ON shelves (room DESC, label)",
        "b ON shelves USING hash (room)",
    ],
)
def test_one_that_differs_in_more_than_its_end_stays(connection: Connection, other: str) -> None:
    _create(connection, "a ON shelves (room)", other)

    assert _about_shelves(connection, since=NOW) == {}


def test_what_one_includes_the_other_must_have_too(connection: Connection) -> None:
    _create(connection, "a ON shelves (room) INCLUDE (label)", "b ON shelves (room, id)")
    separate = _about_shelves(connection, since=NOW)
    _create(connection, "c ON shelves (room, label)")

    assert separate == {}
    assert {name: one.kind for name, one in _about_shelves(connection, since=NOW).items()} == {"a": Kind.COVERED}


def test_what_nobody_has_read_for_long_enough_can_go_but_no_key(connection: Connection) -> None:
    _create(connection, "a ON shelves (room)")

    assert _about_shelves(connection, since=NOW - timedelta(days=6)) == {}
    assert {name: one.kind for name, one in _about_shelves(connection).items()} == {"a": Kind.UNUSED}


def test_one_that_was_left_half_built_can_go(connection: Connection) -> None:
    _create(connection, "a ON shelves (room)")
    connection.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'a'::regclass"))

    assert {name: one.kind for name, one in _about_shelves(connection).items()} == {"a": Kind.INVALID}


def test_how_large_an_index_should_be_is_told_about_right(connection: Connection) -> None:
    _create(connection, "a ON shelves (id, label)")
    connection.execute(text("ANALYZE shelves"))

    found = next(index for index in inspection.indexes(connection) if index.name == "a")

    assert found.likely_bytes is not None
    assert 0.5 < found.size_bytes / found.likely_bytes < 2


def test_one_that_takes_twice_of_what_it_should_is_bloated() -> None:
    fine = Inspected(
        name="a",
        table="shelves",
        method="btree",
        is_unique=True,
        is_valid=True,
        keys=("room",),
        included=(),
        where="",
        scans=1,
        size_bytes=2 * BLOATED_BYTES,
        likely_bytes=BLOATED_BYTES,
    )
    bloated = replace(fine, name="b", table="rooms", size_bytes=2 * BLOATED_BYTES + 1)
    small = replace(bloated, name="c", table="walls", size_bytes=BLOATED_BYTES - 1, likely_bytes=1)

    (found,) = advice.advise(Evidence([fine, bloated, small], SINCE, None), now=NOW)

    assert found == Advice(Kind.BLOATED, "b", "20.0 MiB, where about 10.0 would do", "REINDEX INDEX CONCURRENTLY b;")


def test_a_statement_that_reads_a_large_table_whole_lacks_an_index(connection: Connection) -> None:
    connection.execute(text("ANALYZE shelves"))
    statements = [
        "SELECT * FROM shelves WHERE room = $1 AND label = $2 AND label <> $3",
        "SELECT * FROM shelves WHERE id = $1",
        "SELECT no such thing",
    ]

    scans = list(inspection.whole_scans(connection, statements, min_rows=20_000))
    (found,) = advice.advise(Evidence([], SINCE, scans * 2), now=NOW)

    assert (found.kind, found.about) == (Kind.MISSING, "shelves")
    assert found.sql == "CREATE INDEX CONCURRENTLY ON shelves (room, label);"
    assert list(inspection.whole_scans(connection, statements, min_rows=20_001)) == []


def test_where_no_index_can_be_named_the_condition_is_shown() -> None:
    scan = WholeScan("SELECT 1", "shelves", 20_000, "(lower(label) ~~ $1)")

    (found,) = advice.advise(Evidence([], SINCE, [scan]), now=NOW)

    assert found.sql == "-- (lower(label) ~~ $1)"


def test_the_command_finds_nothing_redundant_in_what_is_ours_and_says_what_it_cannot_know(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["db-indexes", "advise"])

    assert told.exit_code == 0
    assert not any(line.startswith(("duplicate", "covered", "invalid")) for line in told.output.splitlines())
    assert "it takes pg_stat_statements" in told.output
