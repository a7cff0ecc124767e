"""What only reads says so to PostgreSQL, which then refuses it to write (ADR 0055)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from dealradar.extensions import RoutedSession, db


class ReadingInTransactionError(RuntimeError):
    """What only reads was begun inside a transaction, which may have written."""


def leave_the_rest_to_the_server(engine: Engine) -> None:
    """Have the connections of *engine* say nothing of reading or writing but within `read_only`.

    SQLAlchemy leaves them at READ WRITE afterwards, which a standby refuses, and which overrules what an operator has
    set as default_transaction_read_only.
    """
    event.listen(engine, "checkin", _say_nothing)


def _say_nothing(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's, of which SQLAlchemy knows no type
    if connection is not None:
        connection.read_only = None


@contextmanager
def read_only() -> Iterator[None]:
    """Let the session's transactions within the block be READ ONLY; the last one ends, and its connection is free.

    It costs no round trip: the driver says so with BEGIN, which comes with the first statement, if there is one. Within
    `reading_at` it is part of that.

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
    session.info[RoutedSession.READS_FROM] = engine.execution_options(postgresql_readonly=True)
    try:
        yield
    finally:
        del session.info[RoutedSession.READS_FROM]
        session.rollback()
