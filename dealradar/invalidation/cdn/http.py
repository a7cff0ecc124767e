"""How purges are sent: over kept connections, with little patience, and nothing secret in what is said of them."""

import time
from collections.abc import Mapping
from typing import Final

import urllib3
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from dealradar.invalidation.cdn.waits import wait_s
from dealradar.invalidation.targets import TargetUnavailableError

TIMEOUT: Final = Timeout(connect=1.0, read=2.0)
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


def refused(answer: BaseHTTPResponse, url: str, *, without: str | None = None) -> TargetUnavailableError:
    """Return the error that says how *answer* refused, with what it says of when to come again.

    The beginning of its text is quoted, *without* what must not be told.
    """
    said = f"{_site(url)} answered {answer.status}: {quoted(answer, without=without)}"
    return TargetUnavailableError(said, retry_after_s=wait_s(answer.headers, now_s=time.time()))


def quoted(answer: BaseHTTPResponse, *, without: str | None = None) -> str:
    """Return the beginning of the text of *answer* on one line, *without* what must not be told."""
    text = " ".join(answer.data.decode(errors="replace").split())
    if without:
        # Before it is cut: a part of a secret is one too.
        text = text.replace(without, "***")
    return text[:MAX_QUOTED_CHARS]


def _site(url: str) -> str:
    return urllib3.util.parse_url(url).netloc or ""
