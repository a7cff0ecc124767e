"""Build and drop indexes while everybody goes on reading and writing (ADR 0051).

Every step can be interrupted anywhere, and done again: what it left is found, and mended first.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from dealradar.indexes import presence
from dealradar.indexes.index import Index
from dealradar.indexes.presence import State

FORMER: Final = "_former"
"""What the name of an index ends in that does its work until its successor is ready."""

_TAKE: Final = text("SELECT pg_try_advisory_lock(hashtext('dealradar.indexes'))")
_GIVE_BACK: Final = text("SELECT pg_advisory_unlock(hashtext('dealradar.indexes'))")
_SET: Final = text("SELECT set_config(:name, :value, false)")
_GET: Final = text("SELECT current_setting(:name)")
_IS_THERE: Final = text("SELECT to_regclass(quote_ident(:name)) IS NOT NULL")


class BuildingElsewhereError(Exception):
    """Somebody else is building or dropping indexes of this database."""


@dataclass(frozen=True)
class Patience:
    """How long one statement waits for each lock, how often it is tried, and the pause before it is tried again.

    What is built CONCURRENTLY waits for older transactions and keeps nobody waiting meanwhile, so that there is time.
    """

    lock_timeout_s: float = 60.0
    tries: int = 5
    pause_s: float = 2.0


PATIENT: Final = Patience()


@contextmanager
def at_work(connection: Connection, patience: Patience = PATIENT) -> Iterator[None]:
    """Let the block build and drop over *connection*, which is in autocommit, and nobody else meanwhile.

    Raises:
        BuildingElsewhereError: Somebody else does so just now.
    """
    if not connection.execute(_TAKE).scalar_one():
        raise BuildingElsewhereError(_who(connection))
    wanted = {"statement_timeout": "0", "lock_timeout": f"{round(patience.lock_timeout_s * 1_000)}ms"}
    former = {name: connection.execute(_GET, {"name": name}).scalar_one() for name in wanted}
    try:
        _configure(connection, wanted)
        yield
    finally:
        if not connection.invalidated:  # or the lock went with the server's process
            _configure(connection, former)
            connection.execute(_GIVE_BACK)


def ensure(connection: Connection, index: Index, patience: Patience = PATIENT) -> bool:
    """Make *index* be there as it is declared; return whether there was anything to do. To be called `at_work`.

    What was half built is dropped and built again. One of the same name that is defined otherwise serves under another
    name until its successor is ready.

    Raises:
        OperationalError: A lock wasn't to be had, however often it was tried.
    """
    state = presence.states(connection, (index,))[index.name]
    former = index.name + FORMER
    if state is State.DIFFERENT:
        drop(connection, former, patience)
        _patiently(lambda: _run(connection, f"ALTER INDEX {index.name} RENAME TO {former}"), patience)
    if state is not State.READY:
        _patiently(lambda: _build(connection, index), patience)
    had_former = drop(connection, former, patience)
    return state is not State.READY or had_former


def drop(connection: Connection, name: str, patience: Patience = PATIENT) -> bool:
    """Drop the index *name* if it is there; return whether it was. To be called `at_work`.

    Raises:
        OperationalError: A lock wasn't to be had, however often it was tried.
    """
    if not connection.execute(_IS_THERE, {"name": name}).scalar_one():
        return False
    _patiently(lambda: _run(connection, f"DROP INDEX CONCURRENTLY IF EXISTS {name}"), patience)
    return True


def _build(connection: Connection, index: Index) -> None:
    # Of an attempt that ended early, be it a moment or a month ago, an invalid index is left.
    _run(connection, f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
    _run(connection, f"CREATE INDEX CONCURRENTLY {index.name} ON {index.table} {index.definition}")


def _patiently(act: Callable[[], None], patience: Patience) -> None:
    for _ in range(patience.tries - 1):
        try:
            return act()
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
        time.sleep(patience.pause_s)
    return act()


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def _configure(connection: Connection, values: dict[str, str]) -> None:
    for name, value in values.items():
        connection.execute(_SET, {"name": name, "value": value})


def _who(connection: Connection) -> str:
    busy = [f"process {one.pid}: {one.table}, {one.phase}" for one in presence.progress(connection)]
    return f"Somebody else is at work on the indexes of this database ({'; '.join(busy) or 'between two of them'})."
