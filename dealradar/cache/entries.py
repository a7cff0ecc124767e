"""A stored response, and how it becomes bytes and comes back: JSON head, raw body, never pickle."""

import json
import re
import secrets
from dataclasses import dataclass, replace
from struct import Struct
from typing import Any, Final

from dealradar.cache.keys import version_key

MAX_TTL_S: Final = 86_400

Headers = tuple[tuple[str, str], ...]
Versions = tuple[tuple[str, str], ...]
Encoded = tuple[tuple[str, bytes], ...]
"""Further bodies by their content coding, such as ``br``."""

_MAGIC: Final = b"DRE3"  # the digit is the format's version: a new one makes the old entries misses
_PREAMBLE: Final = Struct(">4s8sII")  # magic, nonce, bytes of the head, bytes of all bodies
_NONCE_BYTES: Final = 8
STAMP_BYTES: Final = _PREAMBLE.size
"""So many bytes at the beginning of a blob are those of no other: they tell one storing of an entry from the next."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, section 5.6.2
_FIELD_VALUE: Final = re.compile(r"[\x20-\x7e]*")  # RFC 9110, section 5.5, without obs-text and tabs
_NEVER_STORED: Final = frozenset({"set-cookie", "set-cookie2"})
_LATEST_S: Final = 1e11
_FOREIGN: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class EntryError(ValueError):
    """Not an entry that may be stored or served; says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A response as it is stored, with the versions of the tags that it was computed from.

    *ttl_s* bounds its life, from *soft_ttl_s* on it is worth refreshing, *cost_s* is what computing it took.
    *stored_at_s* is Unix time. *media_type*, *etag* and *last_modified* stand apart from the other *headers*.
    *encoded* is the same body in other codings, made once for all who accept them. *warmed* is one that was made before
    anybody asked for it.

    Raises:
        EntryError: A field is out of bounds, or a header is one that may not be shared.
        InvalidKeyError: The name of a tag isn't fit for a key.
    """

    status: int
    media_type: str
    body: bytes
    versions: Versions
    stored_at_s: float
    ttl_s: float
    soft_ttl_s: float | None = None
    cost_s: float = 0.0
    headers: Headers = ()
    etag: str | None = None
    last_modified: str | None = None
    encoded: Encoded = ()
    warmed: bool = False

    def __post_init__(self) -> None:
        _check_times(self)
        _check_headers(self)
        if type(self.status) is not int or not 200 <= self.status <= 599:  # noqa: PLR2004  HTTP's final statuses
            raise EntryError(f"{self.status!r} is not the status of a final response.")
        if not self.versions:
            raise EntryError("An entry that depends on no tag could never be invalidated.")
        for tag, token in self.versions:
            version_key(tag)
            if not token:
                raise EntryError(f"The version of {tag} is empty.")


def pack(entry: Entry, *, key: str) -> bytes:
    """Return the bytes under which *entry* is stored at *key*, which goes into them."""
    head = json.dumps(
        {
            "key": key,
            "status": entry.status,
            "media_type": entry.media_type,
            "versions": entry.versions,
            "stored_at_s": entry.stored_at_s,
            "ttl_s": entry.ttl_s,
            "soft_ttl_s": entry.soft_ttl_s,
            "cost_s": entry.cost_s,
            "headers": entry.headers,
            "etag": entry.etag,
            "last_modified": entry.last_modified,
            "warmed": entry.warmed,
            "encoded": [(coding, len(body)) for coding, body in entry.encoded],
        },
        separators=(",", ":"),
    ).encode()
    bodies = b"".join((entry.body, *(body for _, body in entry.encoded)))
    return _PREAMBLE.pack(_MAGIC, secrets.token_bytes(_NONCE_BYTES), len(head), len(bodies)) + head + bodies


def unpack(blob: bytes, *, key: str) -> Entry:
    """Return the entry that was packed for *key*.

    The key is compared, so that a reply meant for another question can never be served as the answer to this one.

    Raises:
        EntryError: The bytes are truncated, malformed, foreign, or another key's.
    """
    if len(blob) < _PREAMBLE.size:
        raise EntryError("The blob is shorter than an entry's preamble.")
    magic, _, head_bytes, bodies_bytes = _PREAMBLE.unpack_from(blob)
    bodies_start = _PREAMBLE.size + head_bytes
    if magic != _MAGIC:
        raise EntryError(f"The blob begins with {magic!r}, not {_MAGIC!r}.")
    if len(blob) != bodies_start + bodies_bytes:
        raise EntryError(f"The blob has {len(blob)} bytes where its preamble says {bodies_start + bodies_bytes}.")
    try:
        head = json.loads(blob[_PREAMBLE.size : bodies_start])
        stored_for = head.pop("key")
        entry = _from_head(head, bodies=blob[bodies_start:])
    except _FOREIGN as error:
        raise EntryError(f"The blob's head is not an entry's: {error!r}") from error
    if stored_for != key:
        raise EntryError(f"The blob was stored for another key, {stored_for!r}.")
    return entry


def jittered(ttl_s: float, fraction: float, draw: float) -> float:
    """Return *ttl_s* shortened by up to *fraction* of it, as *draw* (0 to 1) has it.

    Downwards only: a policy's TTL is a promise. Entries stored together thus don't expire together.
    """
    return ttl_s * (1 - fraction * draw)


def shorter_lived(entry: Entry, fraction: float, draw: float) -> Entry:
    """Return *entry* with its TTLs `jittered` alike."""
    soft_ttl_s = None if entry.soft_ttl_s is None else jittered(entry.soft_ttl_s, fraction, draw)
    return replace(entry, ttl_s=jittered(entry.ttl_s, fraction, draw), soft_ttl_s=soft_ttl_s)


def _from_head(head: dict[str, Any], *, bodies: bytes) -> Entry:
    versions = tuple((tag, token) for tag, token in head.pop("versions"))
    headers = tuple((name, value) for name, value in head.pop("headers"))
    body, encoded = _parted(bodies, head.pop("encoded"))
    return Entry(body=body, encoded=encoded, versions=versions, headers=headers, **head)


def _parted(bodies: bytes, lengths: list[tuple[str, int]]) -> tuple[bytes, Encoded]:
    """Return the plain body, which comes first, and those of the codings whose *lengths* the head says."""
    plain_ends = start = len(bodies) - sum(length for _, length in lengths)
    encoded = []
    for coding, length in lengths:
        if start < 0 or length < 0:
            raise EntryError(f"The blob's head says more bytes than its {len(bodies)} of bodies.")
        encoded.append((coding, bodies[start : start + length]))
        start += length
    return bodies[:plain_ends], tuple(encoded)


def _check_times(entry: Entry) -> None:
    if not 0 < entry.ttl_s <= MAX_TTL_S:
        raise EntryError(f"A TTL must be above 0 and at most {MAX_TTL_S} s, not {entry.ttl_s!r}.")
    if entry.soft_ttl_s is not None and not 0 < entry.soft_ttl_s <= entry.ttl_s:
        raise EntryError(f"A soft TTL must be above 0 and at most the TTL, not {entry.soft_ttl_s!r}.")
    if not 0 <= entry.stored_at_s <= _LATEST_S or not 0 <= entry.cost_s <= _LATEST_S:
        raise EntryError(f"Not a time and a cost: {entry.stored_at_s!r}, {entry.cost_s!r}.")


def _check_headers(entry: Entry) -> None:
    validators = (("etag", entry.etag), ("last-modified", entry.last_modified))
    present = tuple((name, value) for name, value in validators if value is not None)
    codings = tuple(("content-encoding", coding) for coding, _ in entry.encoded)
    for name, value in (("content-type", entry.media_type), *present, *codings, *entry.headers):
        if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            raise EntryError(f"Not a header: {name!r}: {value!r}.")
        if name.lower() in _NEVER_STORED:
            raise EntryError(f"{name} was meant for one person and may not be stored.")
