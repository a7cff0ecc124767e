"""Content codings: which one a client is best served with (RFC 9110 §12.5.3), and bodies in each of them."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Final

import brotli
from isal import igzip
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header


class Coding(StrEnum):
    """A content coding (RFC 9110 §8.4.1), in the order in which we would rather send it."""

    BR = "br"
    GZIP = "gzip"
    IDENTITY = "identity"


Encoded = tuple[tuple[str, bytes], ...]
"""Bodies by the coding that they are in, the plain one not among them."""

MIN_BYTES: Final = 860
"""Below this a body is left alone: with its fields it fits one packet anyway."""
BROTLI_QUALITY: Final = 4
GZIP_LEVEL: Final = 3
WORTH_IT: Final = 0.95
"""A coding that saves less than the rest of this share isn't kept."""

_ALIASES: Final = {Coding.GZIP: ("gzip", "x-gzip")}
_COMPRESS: Final[tuple[tuple[Coding, Callable[[bytes], bytes]], ...]] = (
    (Coding.BR, lambda body: bytes(brotli.compress(body, quality=BROTLI_QUALITY))),
    (Coding.GZIP, lambda body: igzip.compress(body, GZIP_LEVEL, mtime=0)),  # the same bytes for the same body
)


def encode(body: bytes) -> Encoded:
    """Return *body* in each coding that makes it smaller; nothing for one that is small already."""
    if len(body) < MIN_BYTES:
        return ()
    encoded = ((coding.value, compress(body)) for coding, compress in _COMPRESS)
    return tuple((coding, smaller) for coding, smaller in encoded if len(smaller) < len(body) * WORTH_IT)


def choose(accept_encoding: str | None, offered: Collection[str]) -> Coding:
    """Return the coding, of those *offered* and the plain one, that the client likes best.

    A client that accepts none of them gets the plain body all the same, which RFC 9110 allows and 406 helps nobody.
    """
    if not accept_encoding:
        return Coding.IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    candidates = [coding for coding in Coding if coding in offered]
    best = max(candidates, key=lambda coding: _quality(accepted, coding), default=Coding.IDENTITY)
    if _quality(accepted, best) > 0 and _quality(accepted, best) >= _identity_quality(accepted):
        return best
    return Coding.IDENTITY


def _quality(accepted: Accept, coding: Coding) -> float:
    named = [quality for name, quality in accepted if name.lower() in _ALIASES.get(coding, (coding.value,))]
    return max(named) if named else _wildcard(accepted)


def _identity_quality(accepted: Accept) -> float:
    """Return what the client makes of the plain body: what it says, else the least that is still acceptable."""
    named = [quality for name, quality in accepted if name.lower() == Coding.IDENTITY]
    return max(named) if named else 0.0


def _wildcard(accepted: Accept) -> float:
    return max((quality for name, quality in accepted if name == "*"), default=0.0)
