"""An ear on the database: what is sent to it while one listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from dealradar.extensions import db


@dataclass(frozen=True)
class Statement:
    """What was sent, as the driver has it, and its parameters; of those that were sent at once, the first ones.

    *may_write* is whether it is part of a transaction that may.
    """

    sql: str
    parameters: Any
    may_write: bool


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Return what the current application sends to its database within the block, so far.

    It hears BEGIN, COMMIT and savepoints no more than the tests of a connection before it is used.
    """
    heard: list[Statement] = []

    def hear(*told: Any) -> None:
        connection, _, sql, parameters, _, is_many = told
        driver = connection.connection.dbapi_connection
        may_write = not driver.read_only and not driver.autocommit
        heard.append(Statement(sql, parameters[0] if is_many else parameters, may_write))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)
