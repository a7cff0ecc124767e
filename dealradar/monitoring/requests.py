"""What is known of a request when it has been answered: counted, and told to the log in one line.

Both in one place, so that what is counted and what is logged are the same requests.
"""

from dataclasses import asdict
from typing import Final

import structlog
from flask import Flask

from dealradar.monitoring import tallies
from dealradar.monitoring.ended import Ended
from dealradar.monitoring.http_measures import (
    BODY_BYTES,
    DATABASE_SECONDS,
    STATEMENTS,
    UNROUTED,
    add_one,
)
from dealradar.monitoring.observations import observe

EVENT: Final = "request"
log = structlog.get_logger(__name__)


def note(ended: Ended, *, is_quiet: bool = False) -> None:
    """Count the request that has *ended* and log it; one that machines make by the clock, for who debugs alone."""
    observe(STATEMENTS.labels(ended.route), ended.statements)
    observe(DATABASE_SECONDS.labels(ended.route), ended.database_s)
    BODY_BYTES.inc(ended.body_bytes)
    if not is_quiet:
        tallies.current().request(ended)
    tell = log.debug if is_quiet else log.info
    tell(EVENT, **asdict(ended))


def note_refused(app: Flask, status: int, body_bytes: int, address: str | None) -> None:
    """Count and log what was refused before *app* saw it, and so never was a request for anything."""
    ended = Ended(
        method=UNROUTED,
        route=UNROUTED,
        status=status,
        address=address,
        cache=None,
        duration_s=0.0,
        statements=0,
        database_s=0.0,
        body_bytes=body_bytes,
        user_id=None,
    )
    add_one(app, ended)
    note(ended)
