"""What the database has of the indexes that it should have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, text

from dealradar.indexes.index import Index

_PROBE: Final = "pg_temp.dealradar_probe"
_DEFINITION: Final = "substring(pg_get_indexdef(indexrelid) FROM ' (USING .*)$')"

_PRESENT: Final = text(f"""
    SELECT own.relname, its.relname, {_DEFINITION}, indisvalid, pg_relation_size(indexrelid), coalesce(idx_scan, 0)
      FROM pg_index
      JOIN pg_class AS own ON own.oid = indexrelid
      JOIN pg_class AS its ON its.oid = indrelid
      LEFT JOIN pg_stat_all_indexes USING (indexrelid)
     WHERE own.relnamespace = current_schema()::regnamespace
""")  # noqa: S608  made of the constant above
_OF_PROBE: Final = text(f"""
    SELECT relname, {_DEFINITION} FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indrelid = to_regclass('{_PROBE}')
""")  # noqa: S608  likewise
_COUNTED_SINCE: Final = text("""
    SELECT coalesce(stats_reset, pg_postmaster_start_time()) FROM pg_stat_database WHERE datname = current_database()
""")
_PROGRESS: Final = text("""
    SELECT pid, relid::regclass::text, phase, greatest(blocks_done, tuples_done), greatest(blocks_total, tuples_total)
      FROM pg_stat_progress_create_index WHERE datname = current_database()
""")


class State(StrEnum):
    """What has become of an index that should be there."""

    READY = "ready"
    ABSENT = "absent"
    INVALID = "invalid"
    """Its building was interrupted: it costs every write, and serves nobody."""
    DIFFERENT = "different"
    """Another one has its name."""


@dataclass(frozen=True)
class Present:
    """An index that the database has; *definition* is written as PostgreSQL writes it."""

    name: str
    table: str
    definition: str
    is_valid: bool
    size_bytes: int
    scans: int


@dataclass(frozen=True)
class Progress:
    """How far the server process *pid* is with an index on *table*; *total* is 0 in phases that count nothing."""

    pid: int
    table: str
    phase: str
    done: int
    total: int


def present(connection: Connection) -> Mapping[str, Present]:
    """Return all indexes of the schema by their names, those of keys and constraints too."""
    return {row[0]: Present(*row) for row in connection.execute(_PRESENT)}


def counted_since(connection: Connection) -> datetime:
    """Return from when on the scans were counted."""
    since: datetime = connection.execute(_COUNTED_SINCE).scalar_one()
    return since


def progress(connection: Connection) -> list[Progress]:
    """Return how far the indexes are that are just being built in this database."""
    return [Progress(*row) for row in connection.execute(_PROGRESS)]


def states(connection: Connection, wanted: Iterable[Index]) -> Mapping[str, State]:
    """Return what has become of each *wanted* index, by its name; *connection* is in autocommit."""
    wanted = tuple(wanted)
    there, canonical = present(connection), definitions(connection, wanted)
    return {index.name: _state(there.get(index.name), index, canonical[index.name]) for index in wanted}


def definitions(connection: Connection, wanted: Iterable[Index]) -> Mapping[str, str]:
    """Return the definitions of the *wanted* indexes as PostgreSQL would write them, by their names.

    It is asked: each is made once on an empty temporary table. *connection* is in autocommit.
    """
    found: dict[str, str] = {}
    for table, group in groupby(sorted(wanted, key=lambda index: index.table), key=lambda index: index.table):
        connection.exec_driver_sql(f"CREATE TEMP TABLE dealradar_probe (LIKE {table})")
        try:
            for index in group:
                connection.exec_driver_sql(f"CREATE INDEX {index.name} ON {_PROBE} {index.definition}")
            found |= {row[0]: row[1] for row in connection.execute(_OF_PROBE)}
        finally:
            connection.exec_driver_sql(f"DROP TABLE {_PROBE}")
    return found


def _state(there: Present | None, index: Index, definition: str) -> State:
    if there is None:
        return State.ABSENT
    if (there.table, there.definition) != (index.table, definition):
        return State.DIFFERENT
    return State.READY if there.is_valid else State.INVALID
