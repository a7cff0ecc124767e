"""What is known of a request when it has been answered: counted, and told to the log in one line.

Both in one place, so that what is counted and what is logged are the same requests.
"""

from dataclasses import asdict, dataclass
from typing import Final

import structlog

from dealradar.monitoring.http_measures import BODY_BYTES, DATABASE_SECONDS, STATEMENTS
from dealradar.monitoring.observations import observe

EVENT: Final = "request"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that has been answered, whoever answered it; its fields are those of the log's line.

    *route* is the rule it matched, never its path; *cache* the word of ``X-Cache``, None where no cache was concerned.
    *user_id* is None for who showed no person's credentials, and where nobody had to look at them.
    """

    method: str
    route: str
    status: int
    address: str | None
    cache: str | None
    duration_s: float
    statements: int
    database_s: float
    body_bytes: int
    user_id: int | None


def note(ended: Ended, *, is_quiet: bool = False) -> None:
    """Count the request that has *ended* and log it; one that machines make by the clock, for who debugs alone."""
    observe(STATEMENTS.labels(ended.route), ended.statements)
    observe(DATABASE_SECONDS.labels(ended.route), ended.database_s)
    BODY_BYTES.inc(ended.body_bytes)
    tell = log.debug if is_quiet else log.info
    tell(EVENT, **asdict(ended))
