"""The least that WSGI can do: the body as it is, looked up nowhere."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY: Final = Path(os.environ["BENCH_BODY"]).read_bytes()
FIELDS: Final = [
    ("Content-Type", "application/json"),
    ("Content-Length", str(len(BODY))),
    ("Cache-Control", "public, max-age=3600"),
]


def app(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer any request."""
    start_response("200 OK", FIELDS)
    return [BODY]
