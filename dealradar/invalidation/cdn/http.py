"""How purges are sent: over kept connections, with little patience, and nothing secret in what is said of them."""

from collections.abc import Mapping
from typing import Final

import urllib3
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from dealradar.invalidation.targets import TargetUnavailableError

TIMEOUT: Final = Timeout(connect=1.0, read=2.0)
MAX_RETRY_AFTER_S: Final = 3_600.0
MAX_QUOTED_CHARS: Final = 200

_POOL: Final = PoolManager(num_pools=8, maxsize=2, timeout=TIMEOUT, retries=False)


def send(method: str, url: str, *, fields: Mapping[str, str], body: bytes | None = None) -> BaseHTTPResponse:
    """Return the answer to one request, whatever its status.

    Raises:
        TargetUnavailableError: There was none in time.
    """
    try:
        return _POOL.request(method, url, headers=dict(fields), body=body, redirect=False)
    except HTTPError as error:
        raise TargetUnavailableError(f"{_site(url)}: {type(error).__name__}") from error


def refused(answer: BaseHTTPResponse, url: str) -> TargetUnavailableError:
    """Return the error that says how *answer* refused, with what it says of when to come again (RFC 9110 §10.2.3)."""
    said = " ".join(answer.data.decode(errors="replace").split())[:MAX_QUOTED_CHARS]
    told = answer.headers.get("Retry-After", "")
    retry_after_s = min(float(told), MAX_RETRY_AFTER_S) if told.isdecimal() else 0.0
    return TargetUnavailableError(f"{_site(url)} answered {answer.status}: {said}", retry_after_s=retry_after_s)


def _site(url: str) -> str:
    return urllib3.util.parse_url(url).netloc or ""
