"""Preconditions of a GET or HEAD, in the order of RFC 9110 §13.2.2."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from werkzeug.datastructures import Headers
from werkzeug.http import http_date, parse_date, parse_etags

ANY: Final = "*"
TRUSTED_AFTER_S: Final = 2
"""So much older than the answer a Last-Modified must be, or something may have changed twice in its second."""


class Outcome(StrEnum):
    """What becomes of a conditional request."""

    PROCEED = "proceed"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"


@dataclass(frozen=True)
class Conditions:
    """The conditions of a request, as they were sent; None is one that it hasn't."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None

    @classmethod
    def of(cls, headers: Headers) -> Self:
        """Return the conditions among *headers*."""
        return cls(
            if_match=headers.get("If-Match"),
            if_none_match=headers.get("If-None-Match"),
            if_modified_since=headers.get("If-Modified-Since"),
            if_unmodified_since=headers.get("If-Unmodified-Since"),
        )


@dataclass(frozen=True)
class Validators:
    """The validators of the selected representation: the opaque part of a strong entity tag, and when it is from."""

    etag: str
    last_modified: str | None = None


def evaluate(asked: Conditions, current: Validators) -> Outcome:
    """Return what becomes of a GET or HEAD of a representation that exists."""
    if asked.if_match is not None:
        if not _contains(asked.if_match, current.etag, weakly=False):
            return Outcome.FAILED
    elif _is_date(asked.if_unmodified_since) and not _is_since(asked.if_unmodified_since, current.last_modified):
        return Outcome.FAILED
    if asked.if_none_match is not None:
        unchanged = _contains(asked.if_none_match, current.etag, weakly=True)
        return Outcome.NOT_MODIFIED if unchanged else Outcome.PROCEED
    # Compared for being the same, not for being later: no clock of ours or of a client's decides (RFC 9110 §13.1.3).
    unchanged = current.last_modified is not None and asked.if_modified_since == current.last_modified
    return Outcome.NOT_MODIFIED if unchanged else Outcome.PROCEED


def last_modified(made_at_s: float, *, now_s: float) -> str | None:
    """Return the Last-Modified of what was made at *made_at_s*, both Unix times; None while it can't be trusted.

    Within the second that it names, something may be made anew (RFC 9110 §8.8.2.2).
    """
    if now_s - int(made_at_s) < TRUSTED_AFTER_S:
        return None
    return http_date(datetime.fromtimestamp(int(made_at_s), UTC))


def _contains(field: str, etag: str, *, weakly: bool) -> bool:
    if field.strip() == ANY:
        return True
    listed = parse_etags(field)
    return listed.contains_weak(etag) if weakly else listed.contains(etag)


def _is_date(field: str | None) -> bool:
    return field is not None and parse_date(field) is not None


def _is_since(field: str | None, modified: str | None) -> bool:
    """Return whether *modified* isn't later than *field*; what has no date we can't say that of."""
    asked, known = parse_date(field), parse_date(modified)
    return asked is not None and known is not None and known <= asked
