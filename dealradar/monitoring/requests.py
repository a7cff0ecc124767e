"""What is known of a request when it has been answered: counted, and told to the log in one line.

Both in one place, so that what is counted and what is logged are the same requests.
"""

from dataclasses import asdict
from typing import Final

import structlog

from dealradar.monitoring import tallies
from dealradar.monitoring.ended import Ended
from dealradar.monitoring.http_measures import BODY_BYTES, DATABASE_SECONDS, STATEMENTS
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
