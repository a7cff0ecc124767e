"""The log's lines of requests that were answered without Flask: so many that each costs no more than a format.

They say what the line of any other request does, under the same names (`dealradar.monitoring.requests`).
"""

import logging
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from dealradar.config import Settings
from dealradar.monitoring.logs import LEVELS

_JSON: Final = (
    '{"method": "%s", "route": "%s", "status": %d, "address": "%s", "cache": "HIT", "duration_s": %.6f, '
    '"statements": 0, "database_s": 0.0, "body_bytes": %d, "user_id": %s, "event": "request", "request_id": "%s", '
    '"level": "info", "timestamp": "%s"}\n'
)
_READABLE: Final = (
    "%s [info     ] request                        address=%s body_bytes=%d cache=HIT database_s=0.0 duration_s=%.6f "
    "method=%s request_id=%s route=%s statements=0 status=%d user_id=%s\n"
)


class Hit(NamedTuple):
    """A request that was a hit; *at* is from `stamp`. Nothing in it needs escaping: ids are checked, routes ours."""

    at: str
    request_id: str
    route: str
    address: str
    duration_s: float
    body_bytes: int
    status: int = 200
    method: str = "GET"
    user_id: int | None = None


Line = Callable[[Hit], str]


def line_for(settings: Settings) -> Line | None:
    """Return what makes a hit's line in the form that *settings* want, None where their level leaves them out."""
    if LEVELS[settings.log_level] > logging.INFO:
        return None
    return _json if settings.is_production else _readable


def stamp(at_s: float) -> str:
    """Return *at_s*, in Unix time, as the log's lines have it."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write(lines: Iterable[str]) -> None:
    """Write *lines* where all others go, in one piece."""
    sys.stderr.write("".join(lines))
    sys.stderr.flush()


def _json(hit: Hit) -> str:
    return _JSON % (
        *(hit.method, hit.route, hit.status, hit.address, hit.duration_s, hit.body_bytes),
        *("null" if hit.user_id is None else hit.user_id, hit.request_id, hit.at),
    )


def _readable(hit: Hit) -> str:
    return _READABLE % (
        *(hit.at, hit.address, hit.body_bytes, hit.duration_s, hit.method),
        *(hit.request_id, hit.route, hit.status, hit.user_id),
    )
