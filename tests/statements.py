"""An ear on the database: what is sent to it while one listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from dealradar.extensions import db


@dataclass(frozen=True)
class Statement:
    """What was sent, as the driver has it, and its parameters; of those that were sent at once, the first ones."""

    sql: str
    parameters: Any


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Return what the current application sends to its database within the block, so far.

    It hears BEGIN, COMMIT and savepoints no more than the tests of a connection before it is used.
    """
    heard: list[Statement] = []

    def hear(*told: Any) -> None:
        sql, parameters, is_many = told[2], told[3], told[5]
        heard.append(Statement(sql, parameters[0] if is_many else parameters))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)
