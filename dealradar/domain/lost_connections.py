"""Connections that the server has closed while nobody used them are found without asking the server (ADR 0067)."""

import time
from select import POLLIN, poll
from typing import Any, Final

from psycopg import Error
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

TRUSTED_S: Final = 30.0
"""For so long a connection is taken to lead to where it led: some firewalls forget idle ones, and say nothing."""

_LET_GO_S: Final = "dealradar_let_go_s"


def watch(engine: Engine) -> None:
    """Have the pool of *engine* give out no connection that its server has closed."""
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", _look)


def has_something_to_say(driver: Any) -> bool:  # noqa: ANN401  the driver's, of which SQLAlchemy knows no type
    """Return whether something has come for the idle connection *driver*: mostly its end, and why."""
    waiting = poll()
    waiting.register(driver.fileno(), POLLIN)
    return bool(waiting.poll(0))


def _note(_driver: object, record: Any) -> None:  # noqa: ANN401  likewise
    record.info[_LET_GO_S] = time.monotonic()


def _look(driver: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401  likewise
    """Return if *driver* is alive.

    Raises:
        InvalidatePoolError: It isn't; the pool makes a new one, and gives out no other of the same age.
    """
    let_go_s = record.info.get(_LET_GO_S)
    if let_go_s is None:  # it is new
        return
    try:
        if time.monotonic() - let_go_s > TRUSTED_S or has_something_to_say(driver):
            driver.execute("")
            driver.rollback()
    except (Error, OSError) as error:
        raise InvalidatePoolError("The server has closed the connection.") from error
