"""Read a request that a WSGI server has parsed, as narrowly as `heads` reads its bytes (PEP 3333)."""

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from dealradar.fastlane import heads
from dealradar.fastlane.heads import Head
from dealradar.httpcache import demand

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TARGETS: Final = ("RAW_URI", "REQUEST_URI")
"""What servers call the target as the request line has it: gunicorn and Werkzeug the one, uWSGI the other."""
METHODS: Final = frozenset({"GET", "HEAD"})
_PLAIN: Final = re.compile(r"/[!-~]*")


def _variable(name: bytes) -> str:
    return "HTTP_" + name.decode().upper().replace("-", "_")


_READ: Final = MappingProxyType({_variable(name): known for name, known in heads.READ.items()})
_ELSEWHERE: Final = frozenset({*map(_variable, heads.ELSEWHERE), demand.NOT_ASKED})
_UNSENT: Final = ("CONTENT_LENGTH", "CONTENT_TYPE", "SCRIPT_NAME")
"""What may be there, but empty: a body, and being mounted below another application."""


def target_of(environ: "WSGIEnvironment") -> str:
    """Return the target as the request line has it, "" where the server doesn't say."""
    return next((environ[name] for name in TARGETS if name in environ), "")


def read(environ: "WSGIEnvironment") -> Head | None:
    """Return the request of *environ*, None where it isn't plain; how its connection goes on is the server's to say."""
    target = target_of(environ)
    if environ["REQUEST_METHOD"] not in METHODS or environ["wsgi.url_scheme"] != "http":
        return None
    if not _PLAIN.fullmatch(target) or not _ELSEWHERE.isdisjoint(environ) or any(map(environ.get, _UNSENT)):
        return None
    fields = {known: environ[name] for name, known in _READ.items() if name in environ}
    if len(target) + sum(map(len, fields.values())) > heads.MAX_BYTES:
        return None
    return heads.of(target.encode("ascii"), fields, is_head=environ["REQUEST_METHOD"] == "HEAD")
