"""Force the order in which transactions meet, so that a race is run and not hoped for."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db

Result = TypeVar("Result")
PATIENCE_S: Final = 10.0
WAITING: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def others(app: Flask, *, at_once: int = 1) -> Iterator[Callable[[Callable[[], Result]], Future[Result]]]:
    """Give what starts an act of somebody else: in a thread, with a session of its own."""

    def in_own_session(act: Callable[[], Result]) -> Result:
        with app.app_context():
            return act()

    with ThreadPoolExecutor(at_once) as pool:
        yield lambda act: pool.submit(in_own_session, act)


def until_one_waits() -> None:
    """Return as soon as a transaction waits for a lock that another holds."""
    until_waiting(1)


def until_waiting(transactions: int) -> None:
    """Return as soon as so many *transactions* wait for locks that others hold."""
    deadline_s = time.monotonic() + PATIENCE_S
    with db.engine.connect() as connection:
        while connection.execute(WAITING).scalar_one() < transactions:
            assert time.monotonic() < deadline_s, f"fewer than {transactions} wait for a lock"
            connection.rollback()
            time.sleep(0.005)
