"""What a request or a task asks of the database: how many statements, and how long they take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Spent:
    """Statements that were sent, also those that failed, and the seconds until the database had answered them.

    BEGIN and COMMIT are not among them, nor is waiting for a connection. *began_s* is when the one began that is not
    answered yet.
    """

    statements: int = 0
    database_s: float = 0.0
    began_s: float | None = None


_spent: Final[ContextVar[Spent | None]] = ContextVar("dealradar_spent", default=None)


@contextmanager
def counted() -> Iterator[Spent]:
    """Count what this thread sends within the block to any engine that is listened to."""
    spent = Spent()
    token = _spent.set(spent)
    try:
        yield spent
    finally:
        _spent.reset(token)


def listen(engine: Engine) -> None:
    """Count what is sent to *engine*, for whoever sends it."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)
    event.listen(engine, "handle_error", _end)


def _begin(*_: object) -> None:
    if (spent := _spent.get()) is not None:
        spent.began_s = time.perf_counter()


def _end(*_: object) -> None:
    spent = _spent.get()
    if spent is None or spent.began_s is None:  # it was no statement that failed
        return
    spent.statements += 1
    spent.database_s += time.perf_counter() - spent.began_s
    spent.began_s = None
