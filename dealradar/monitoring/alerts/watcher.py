"""What each process does to watch: it tries for each turn, and is not held up by a database that hangs."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswerError
from datetime import UTC, datetime
from typing import Final

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from dealradar.monitoring.alerts import outage, watching

PATIENCE_S: Final = 5.0
_EXTENSION: Final = "alert_watcher"


class Watcher:
    """Tries for turns, at most one at a time, each in a thread that may hang without holding up the next look."""

    def __init__(self, app: Flask, *, patience_s: float = PATIENCE_S) -> None:
        self._app = app
        self._patience_s = patience_s
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="watcher")
        self._turn: Future[None] | None = None

    def try_turn(self) -> None:
        """Take the turn if it is there to take; where the database can't be asked, look whether it is away.

        Raises:
            SQLAlchemyError: It couldn't be asked.
            TimeoutError: It hasn't answered in time.
        """
        if self._turn is None or self._turn.done():
            self._turn = self._pool.submit(self._take)
        try:
            self._turn.result(self._patience_s)
        except (SQLAlchemyError, NoAnswerError):
            outage.look(now=datetime.now(UTC))
            raise

    def _take(self) -> None:
        with self._app.app_context():
            now = datetime.now(UTC)
            watching.watch(now=now)
            outage.adopt(now=now)


def connect(app: Flask) -> None:
    """Give *app* its watcher."""
    app.extensions[_EXTENSION] = Watcher(app)


def watch_alerts() -> None:
    """Try for the next turn of watching, in the process of the current application.

    Raises:
        SQLAlchemyError: The database couldn't be asked, and whether it is away was looked into.
        TimeoutError: It hasn't answered in time, likewise.
    """
    watcher: Watcher = current_app.extensions[_EXTENSION]
    watcher.try_turn()
