"""Put a made-up community into the database: by COPY, in one transaction, counted once at the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from psycopg import Connection, sql
from sqlalchemy import exists, select, text

from dealradar.domain import users
from dealradar.domain.categories.models import Category
from dealradar.domain.errors import ConflictError
from dealradar.domain.merchants.models import Merchant
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import bulk_load
from dealradar.seeds import community
from dealradar.seeds.rows import TABLES
from dealradar.seeds.timeline import Timeline

BATCH_ROWS: Final = 20_000
"""How many rows are held in memory at a time."""
COUNTING_MEMORY: Final = "128MB"
NOT_EMPTY: Final = (
    "There is a community in this database already, and a made-up one fills only an empty one:"
    " name a new database in DATABASE_URL, or drop this one."
)


def is_empty() -> bool:
    """Return whether the database holds nothing that a made-up community would be mixed with."""
    present = (exists(select(model.id)) for model in (User, Merchant, Category))
    return not any(db.session.scalar(select(one)) for one in present)


def sow(timeline: Timeline, password_hashes: Mapping[str, str]) -> Iterator[Counter[str]]:
    """Write the whole community, and commit it when the last has been taken of the counts of its rows so far, by table.

    Raises:
        ConflictError: There is a community already.
    """
    with bulk_load():
        _make_room_to_count()
        # Who joins at this very moment waits, and finds their name in a community that is there.
        db.session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
        if not is_empty():
            raise ConflictError(NOT_EMPTY)
        yield from _copy_all(community.rows(timeline, password_hashes))
        _go_on_from_there()
    with bulk_load():
        _make_room_to_count()
        users.refresh_reputations()


def _make_room_to_count() -> None:
    """Let the sums that this transaction ends with be worked out in memory."""
    db.session.execute(text(f"SET LOCAL work_mem = '{COUNTING_MEMORY}'"))


def _copy_all(rows: Iterator[NamedTuple]) -> Iterator[Counter[str]]:
    written: Counter[str] = Counter()
    while batch := list(islice(rows, BATCH_ROWS)):
        by_kind: defaultdict[type[NamedTuple], list[NamedTuple]] = defaultdict(list)
        for row in batch:
            by_kind[type(row)].append(row)
        for kind, table in TABLES.items():
            _copy(by_kind[kind], table)
            written[table] += len(by_kind[kind])
        yield written


def _copy(rows: Sequence[NamedTuple], table: str) -> None:
    if not rows:
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]._fields))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with _driver().cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _go_on_from_there() -> None:
    """Let new ids follow those that were given, and the planner know what there is."""
    for kind, table in TABLES.items():
        if "id" in kind._fields:
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))  # noqa: S608  our own tables
        db.session.execute(text(f"ANALYZE {table}"))


def _driver() -> Connection[Any]:
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101  the engine's URL is made to say psycopg
    return connection
