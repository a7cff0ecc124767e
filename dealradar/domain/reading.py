"""What only reads says so to PostgreSQL, which then refuses it to write (ADR 0055, ADR 0067)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from psycopg import Error
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dealradar.extensions import RoutedSession, db

BEGIN_READING: Final = "SET default_transaction_read_only = on"
END_READING: Final = "RESET default_transaction_read_only"
"""Back to what the server says, by an operator's will or because it is a standby."""

_ONLY_READS: Final = "dealradar_only_reads"
"""In what a pool knows of a connection: whether it was told to."""
_reader: Final[ContextVar[Session | None]] = ContextVar("dealradar_reader", default=None)
"""The session that only reads; those of other contexts, though they work in the same thread meanwhile, may write."""


class ReadingInTransactionError(RuntimeError):
    """What only reads was begun inside a transaction, which may have written."""


def prepare(engine: Engine) -> None:
    """Have the connections of *engine* do what `reading_at` says of them."""
    event.listen(engine, "engine_connect", _tell)
    event.listen(engine, "checkin", _let_go)


@contextmanager
def read_only() -> Iterator[None]:
    """Let the session only read within the block; at its end its connection is free.

    Each statement is a transaction of its own, READ ONLY, and costs one round trip. The snapshot of each is its own
    too, as it is in any transaction that is READ COMMITTED. Within `reading_at` it is part of that.

    Raises:
        ReadingInTransactionError: The session has begun a transaction already.
    """
    if RoutedSession.READS_FROM in db.session().info:
        yield
        return
    with reading_at(db.engine):
        yield


@contextmanager
def reading_at(engine: Engine) -> Iterator[None]:
    """Likewise, at *engine*.

    Raises:
        ReadingInTransactionError: The session has begun a transaction already.
    """
    session = db.session()
    if session.in_transaction():
        raise ReadingInTransactionError("What only reads begins a transaction of its own: end the present one before.")
    session.info[RoutedSession.READS_FROM] = engine
    token = _reader.set(session)
    try:
        yield
    finally:
        _reader.reset(token)
        del session.info[RoutedSession.READS_FROM]
        session.rollback()


def _tell(connection: Connection) -> None:
    """Have the server know whether *connection* only reads from here on; it is asked where that changes alone.

    Raises:
        OperationalError: The server is away.
    """
    reads, info = _is_reading(), connection.info
    driver: Any = connection.connection.dbapi_connection
    if info.get(_ONLY_READS, False) is not reads:
        statement = BEGIN_READING if reads else END_READING
        try:
            _say(driver, statement)
        except Error as error:
            connection.invalidate(error)
            raise OperationalError(statement, None, error, connection_invalidated=True) from error
        info[_ONLY_READS] = reads
    if reads:
        driver.autocommit = True


def _is_reading() -> bool:
    reader = _reader.get()
    return reader is not None and reader is db.session()


def _say(driver: Any, statement: str) -> None:  # noqa: ANN401  the driver's, of which SQLAlchemy knows no type
    before, driver.autocommit = driver.autocommit, True
    driver.execute(statement)
    driver.autocommit = before


def _let_go(driver: Any, record: Any) -> None:  # noqa: ANN401  likewise
    if driver is not None and record.info.get(_ONLY_READS, False):
        driver.autocommit = False
