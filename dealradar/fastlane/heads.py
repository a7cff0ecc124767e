"""Read the head of a request that is plain enough to be answered without further ado (RFC 9112).

The rules are narrower than HTTP's: what they don't take in isn't wrong, it is somebody else's to judge.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dealradar.domain.errors import UnauthenticatedError
from dealradar.security import authentication
from dealradar.security.records import Credential

MAX_BYTES: Final = 8_000
MAX_FIELDS: Final = 64
_HEAD: Final = re.compile(
    rb"(GET|HEAD) (/[!-~]*) HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9!#$%&'*+.^`|~-]+:[ \t]*(?:[!-~][ \t!-~]*)?\r\n)+)\r\n"
)
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?")
_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")

READ: Final = MappingProxyType(
    {
        b"host": "host",
        b"accept-encoding": "accept_encoding",
        b"if-none-match": "if_none_match",
        b"x-forwarded-for": "forwarded_for",
        b"x-forwarded-proto": "forwarded_proto",
        b"x-request-id": "request_id",
        b"authorization": "authorization",
        b"x-api-key": "api_key",
    }
)
"""Fields that make a difference here."""
CONNECTION: Final = b"connection"
KEEP_ALIVE: Final = b"keep-alive"
ELSEWHERE: Final = frozenset(
    {
        *(b"proxy-authorization", b"if-match", b"if-modified-since", b"if-unmodified-since", b"if-range", b"range"),
        *(b"content-length", b"transfer-encoding", b"content-type", b"content-encoding", b"trailer", b"te"),
        *(b"expect", b"upgrade", b"http2-settings", b"keep-alive", b"proxy-connection"),
        *(b"x-forwarded-host", b"x-http-method-override", b"x-http-method", b"x-method-override"),
    }
)
"""Fields that make a difference on the ordinary road, or between us and the client: bodies, conditions, connections.

A cookie makes none: the session that it may name is the dashboard's, and no road of the API reads it.
"""


@dataclass(frozen=True, slots=True)
class Head:
    """What a plain request asks for; the fields are as they were sent, without the space around them.

    *credential* is the one that is shown, by its digest; whether it is good isn't known.
    """

    target: bytes
    is_head: bool
    host: str = ""
    accept_encoding: str | None = None
    if_none_match: str | None = None
    forwarded_for: str = ""
    forwarded_proto: str = ""
    request_id: str | None = None
    credential: Credential | None = None


def read(data: bytes) -> Head | None:
    """Return the request that *data* is, None where it isn't one plain head and nothing else."""
    if len(data) > MAX_BYTES:
        return None
    matched = _HEAD.fullmatch(data)
    if matched is None:
        return None
    method, target, lines = matched.groups()
    fields = _fields(lines)
    return None if fields is None else of(target, fields, is_head=method == b"HEAD")


def of(target: bytes, fields: dict[str, str], *, is_head: bool) -> Head | None:
    """Return the request for *target* with those *fields*, by our names; None where one of them isn't plain."""
    if _HOST.fullmatch(fields.get("host", "")) is None:
        return None
    offered = fields.get("request_id")
    if offered is not None and _ID.fullmatch(offered) is None:
        del fields["request_id"]
    try:
        credential = authentication.shown(fields.pop("authorization", None), fields.pop("api_key", None))
    except UnauthenticatedError:
        return None
    return Head(target, is_head, **fields, credential=credential)


def _fields(lines: bytes) -> dict[str, str] | None:
    """Return the fields that are read, by our name; None where one of the *lines* is for the ordinary road."""
    fields: dict[str, str] = {}
    each = lines.split(b"\r\n")
    if len(each) > MAX_FIELDS:
        return None
    for line in each[:-1]:
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in ELSEWHERE or (name == CONNECTION and value.strip().lower() != KEEP_ALIVE):
            return None
        known = READ.get(name)
        if known is None:
            continue
        if known in fields:
            return None
        fields[known] = value.strip(b" \t").decode("ascii")
    return fields
