"""For how long those who refuse a call ask to be left alone."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

MAX_WAIT_S: Final = 3_600.0
"""Nobody is left alone for longer, whatever they ask for."""
REFUSED_WAIT_S: Final = 60.0
"""How long one is left alone that refuses who we are: nothing but an operator changes that."""


def wait_s(headers: Mapping[str, str], *, now_s: float) -> float:
    """Return for how many seconds a reply with *headers* asks to be left alone, 0 if it doesn't.

    That is Retry-After (RFC 9110 §10.2.3), or else what Fastly says when its limit is reached ("Fastly, API, Rate
    limiting"). The names of *headers* are as they stand here, or *headers* doesn't tell cases apart.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return min(float(asked), MAX_WAIT_S)
    until_s = _date_s(asked) or (_reset_s(headers) if headers.get("Fastly-RateLimit-Remaining") == "0" else now_s)
    return min(max(0.0, until_s - now_s), MAX_WAIT_S)


def _date_s(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # An HTTP date is of UTC; where the zone is written as "-0000" the library leaves it out.
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _reset_s(headers: Mapping[str, str]) -> float:
    reset = headers.get("Fastly-RateLimit-Reset", "")
    return float(reset) if reset.isdecimal() else 0.0
