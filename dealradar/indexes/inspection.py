"""What the database tells of all of its indexes and of its dearest statements."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

# Of a b-tree: rows times the width of its keys, a row's head and its place in the page, nine tenths of each page.
_INSPECTED: Final = text("""
    SELECT own.relname, its.relname, method.amname, indisunique, indisvalid, keys.terms, keys.included,
           coalesce(pg_get_expr(indpred, indrelid), ''), coalesce(idx_scan, 0), pg_relation_size(indexrelid),
           CASE WHEN method.amname = 'btree' AND own.reltuples > 0
                THEN own.reltuples * (16 + keys.width) / 0.9 END::bigint
      FROM pg_index
      JOIN pg_class AS own ON own.oid = indexrelid
      JOIN pg_class AS its ON its.oid = indrelid
      JOIN pg_am AS method ON method.oid = own.relam
      LEFT JOIN pg_stat_all_indexes USING (indexrelid)
      JOIN LATERAL (
          SELECT array_agg(concat_ws(' ', term, opclass, direction) ORDER BY n)
                     FILTER (WHERE n <= indnkeyatts) AS terms,
                 coalesce(array_agg(term) FILTER (WHERE n > indnkeyatts), '{}') AS included,
                 CASE WHEN count(*) = count(avg_width) THEN sum(avg_width) END AS width
            FROM (
                SELECT n, pg_get_indexdef(indexrelid, n::integer, true) AS term,
                       (SELECT opcname FROM pg_opclass
                         WHERE n <= indnkeyatts AND pg_opclass.oid = indclass[n - 1] AND NOT opcdefault) AS opclass,
                       CASE WHEN n <= indnkeyatts THEN directions[indoption[n - 1] + 1] END AS direction
                  FROM generate_series(1, indnatts) AS n,
                       (VALUES (ARRAY[NULL, 'DESC NULLS LAST', 'NULLS FIRST', 'DESC'])) AS by_option (directions)
            ) AS keys
            LEFT JOIN pg_stats ON schemaname = current_schema() AND tablename = its.relname AND attname = term
      ) AS keys ON true
     WHERE own.relnamespace = current_schema()::regnamespace
     ORDER BY own.relname
""")
_CAN_EXPLAIN: Final = text("""
    SELECT to_regclass('pg_stat_statements') IS NOT NULL AND current_setting('server_version_num')::integer >= 160000
""")
_DEAREST: Final = text("""
    SELECT query FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND query ~* '^\\s*(SELECT|WITH|UPDATE|DELETE)\\M'
     ORDER BY total_exec_time DESC LIMIT :limit
""")
_ROWS: Final = text("""
    SELECT relname, reltuples::bigint FROM pg_class
     WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
""")


@dataclass(frozen=True)
class Inspected:
    """An index as it is; *likely_bytes* is what it would take if it were built anew, where that can be told."""

    name: str
    table: str
    method: str
    is_unique: bool
    is_valid: bool
    keys: Sequence[str]
    included: Sequence[str]
    where: str
    scans: int
    size_bytes: int
    likely_bytes: int | None


@dataclass(frozen=True)
class WholeScan:
    """A table of so many *rows* that a statement reads from end to end, keeping those that fulfil *condition*."""

    statement: str
    table: str
    rows: int
    condition: str


@dataclass(frozen=True)
class Evidence:
    """What advice goes by; *whole_scans* is None where that can't be told."""

    indexes: Sequence[Inspected]
    counted_since: datetime
    whole_scans: Sequence[WholeScan] | None


def indexes(connection: Connection) -> list[Inspected]:
    """Return every index of the schema."""
    return [Inspected(*row) for row in connection.execute(_INSPECTED)]


def dearest(connection: Connection, limit: int) -> list[str] | None:
    """Return the *limit* statements that took longest in all; None where it can't be told why.

    That takes pg_stat_statements, and PostgreSQL 16, which explains statements without their parameters.
    """
    if not connection.execute(_CAN_EXPLAIN).scalar_one():
        return None
    return list(connection.execute(_DEAREST, {"limit": limit}).scalars())


def whole_scans(connection: Connection, statements: Sequence[str], *, min_rows: int) -> Iterator[WholeScan]:
    """Yield where *statements*, whatever their parameters, read a table of *min_rows* or more from end to end.

    *connection* is in autocommit. What can't be explained without parameters is passed over.
    """
    rows = {row[0]: row[1] for row in connection.execute(_ROWS)}
    for statement in statements:
        for node in _nodes(_plan(connection, statement)):
            table = node.get("Relation Name", "")
            if node["Node Type"] == "Seq Scan" and "Filter" in node and rows.get(table, 0) >= min_rows:
                yield WholeScan(statement, table, rows[table], node["Filter"])


def _plan(connection: Connection, statement: str) -> Mapping[str, Any] | None:
    try:
        told = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {statement}").scalar_one()
    except DBAPIError:
        return None
    plan: Mapping[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return plan


def _nodes(plan: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    if plan is not None:
        yield plan
        for below in plan.get("Plans", ()):
            yield from _nodes(below)
