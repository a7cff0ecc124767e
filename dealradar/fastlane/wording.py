"""The bytes of an answer: what stays the same for a second is worded once a second."""

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Final

from werkzeug.http import http_date

from dealradar.cache import Hit
from dealradar.cache.near import Kept
from dealradar.config import Settings
from dealradar.fastlane.heads import Head
from dealradar.fastlane.lessons import Lesson
from dealradar.httpcache import codings, wording
from dealradar.httpcache.codings import Coding
from dealradar.httpcache.conditions import Conditions, Outcome, Validators, evaluate, last_modified
from dealradar.httpcache.serving import Served, hit
from dealradar.httpcache.validators import in_coding
from dealradar.security import headers

MAX_PREPARED: Final = 256
"""So much is remembered with an entry of who accepts what, and has what already."""


@dataclass(frozen=True, slots=True)
class Worded:
    """The *fields* of an answer, all but what is one request's alone, and its *body*; good for the *second*.

    *head* is how they go over the wire, behind the line of the *status*, and with what a server adds. *unsent_bytes*
    are those of the body that a 304 spares.
    """

    second: int
    head: bytes
    fields: tuple[tuple[str, str], ...]
    body: bytes
    status: HTTPStatus
    unsent_bytes: int = 0


@dataclass(slots=True, unsafe_hash=True)
class Variant:
    """Which representation of an entry a request gets, and whether only that it has it already; *worded* last so."""

    coding: Coding
    status: HTTPStatus
    is_secure: bool
    worded: Worded | None = field(default=None, hash=False, compare=False)


def status_line(status: HTTPStatus) -> str:
    """Return *status* as it stands in a status line, in the words of the ordinary road."""
    return f"{status.value} {status.phrase.upper()}"


class Wording:
    """Words answers out of the cache the way the ordinary road does; *server* is what gunicorn calls itself."""

    def __init__(self, settings: Settings, server: str) -> None:
        self._settings = settings
        self._server = server

    def of(self, asked: Head, lesson: Lesson, found: tuple[Kept, Hit], *, is_secure: bool, now_s: float) -> Worded:
        """Return what *asked* is answered with at *now_s*, in Unix time, for *found*, which is what *lesson* says."""
        kept, confirmed = found
        told = (asked.accept_encoding, asked.if_none_match, is_secure)
        variant: Variant | None = kept.prepared.get(told)
        if variant is None:
            if len(kept.prepared) >= MAX_PREPARED:
                kept.prepared.clear()
            variant = self._variant(asked, kept, is_secure=is_secure)
            variant = kept.prepared[told] = kept.prepared.setdefault(variant, variant)
        worded = variant.worded
        if worded is None or worded.second != int(now_s):
            worded = variant.worded = self._word(lesson, hit(lesson.plan, confirmed), variant, now_s=now_s)
        return worded

    def _variant(self, asked: Head, kept: Kept, *, is_secure: bool) -> Variant:
        entry = kept.entry
        coding = codings.choose(asked.accept_encoding, [coding for coding, _ in entry.encoded])
        is_known = False
        if self._settings.http_etag_enabled:
            tag = in_coding(str(entry.etag), coding)
            conditions = Conditions(if_none_match=asked.if_none_match)
            is_known = evaluate(conditions, Validators(tag)) is Outcome.NOT_MODIFIED
        return Variant(coding, HTTPStatus.NOT_MODIFIED if is_known else HTTPStatus.OK, is_secure)

    def _word(self, lesson: Lesson, served: Served, variant: Variant, *, now_s: float) -> Worded:
        body = dict(served.encoded).get(variant.coding, served.body)
        told: dict[str, str] = {}
        if variant.status is HTTPStatus.OK:
            told = self._representation(served, variant.coding, body, now_s=now_s)
        told |= wording.fields_of(served, lesson.policy.sharing, self._settings, now_s=now_s)
        if self._settings.http_etag_enabled:
            told["ETag"] = f'"{in_coding(served.etag, variant.coding)}"'
        told |= headers.of(lesson.path, is_secure_site=self._settings.is_production and variant.is_secure)
        first = {"Server": self._server, "Date": http_date(int(now_s)), "Connection": "keep-alive"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in (first | told).items())
        head = f"HTTP/1.1 {status_line(variant.status)}\r\n{lines}".encode("latin-1")
        worded = partial(Worded, int(now_s), head, tuple(told.items()))
        if variant.status is HTTPStatus.OK:
            return worded(body, variant.status)
        return worded(b"", variant.status, unsent_bytes=len(body))

    def _representation(self, served: Served, coding: Coding, body: bytes, *, now_s: float) -> dict[str, str]:
        """Return the fields that a 304 goes without (RFC 9110 §15.4.5)."""
        told = {"Content-Type": served.media_type, "Content-Length": str(len(body))}
        if coding is not Coding.IDENTITY:
            told["Content-Encoding"] = coding.value
        modified = None if served.stored_at_s is None else last_modified(served.stored_at_s, now_s=now_s)
        if modified is not None and self._settings.http_etag_enabled:
            told["Last-Modified"] = modified
        return told
