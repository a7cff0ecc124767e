"""Which statements of clients a database has done, and how often."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

_CALLS: Final = """
    SELECT query, sum(calls) FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
    WHERE datname = 'dealradar' GROUP BY query
"""
_SPACE: Final = re.compile(r"\s+")
_SHOWN: Final = 20
_SHOWN_CHARS: Final = 110

Calls = Mapping[str, float]


def read(connection: psycopg.Connection[tuple[Any, ...]]) -> Calls:
    """Return how often each statement was done since the server's start."""
    return {_SPACE.sub(" ", query).strip(): float(calls) for query, calls in connection.execute(_CALLS)}


def less(after: Calls, before: Calls) -> Calls:
    """Return what came on top of *before*."""
    return {query: calls - before.get(query, 0.0) for query, calls in after.items() if calls > before.get(query, 0.0)}


def listed(calls: Calls, *, requests: int) -> Iterator[str]:
    """Yield a line for each of those that were done most often: so many for 1,000 of the *requests*."""
    most = sorted(calls.items(), key=lambda item: -item[1])
    for query, count in most[:_SHOWN]:
        yield f"{1_000 * count / requests:>9.1f}  {query[:_SHOWN_CHARS]}"
    rest = most[_SHOWN:]
    yield f"{1_000 * sum(count for _, count in rest) / requests:>9.1f}  {len(rest)} others"
