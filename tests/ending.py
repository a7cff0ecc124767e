"""How an application of the tests ends while threads of its own may still be at work."""

from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from dealradar.extensions import db


def end(app: Flask) -> None:
    """Close its connections to the database: those at rest now, those in use once given back; and open no others.

    A thread that recovers the store or refreshes an entry may outlive the test, and what it leaves open is complained
    of in whichever test runs when it is collected.
    """
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "checkin", _close)
            event.listen(engine, "do_connect", _refuse)
            engine.dispose()


def _close(connection: Any, entry: ConnectionPoolEntry) -> None:
    if connection is not None:
        entry.invalidate()


def _refuse(*_: object) -> None:
    told = "the application has ended"
    raise psycopg.OperationalError(told)
