"""What browsers and CDNs are told that they may keep, by kind of content (RFC 9111, 5861, 8246, 9213)."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Content(StrEnum):
    """What an answer is, as far as caches care."""

    SHARED = "shared"
    """The same for everybody."""
    UNSHARED = "unshared"
    """Meant to be; but nothing could tell a CDN that it isn't, or no longer, and so none may keep it."""
    PERSONAL = "personal"
    """Made for who asks."""
    MODERATION = "moderation"
    """For those alone who keep order, or administer."""
    ERROR = "error"
    OPERATIONS = "operations"
    """Health and figures, true for a moment."""
    DOCUMENT = "document"
    """Pages that change with a release."""
    STATIC = "static"
    """What such pages load, under a name that changes with its content."""
    REDIRECT = "redirect"
    """Where something is to be found in this release."""


@dataclass(frozen=True)
class Directives:
    """The fields of one kind: *browser* is Cache-Control, *vary* the request's fields that make a difference.

    What *is_shared* is kept by CDNs as well, as long as it would be in our own store.
    """

    browser: str
    vary: tuple[str, ...] = ()
    is_shared: bool = False


CREDENTIALS: Final = ("Authorization", "X-API-Key")
# Both directives say it, for there are CDNs that heed `private` and not `no-store`, and keep 404s for minutes.
NEVER: Final = Directives("private, no-store")
"""What nobody may keep; everything is when HTTP caching is switched off."""
DIRECTIVES: Final = MappingProxyType(
    {
        # Browsers ask each time, which a 304 answers: nothing could tell them that it has changed.
        Content.SHARED: Directives("public, no-cache", vary=("Accept-Encoding",), is_shared=True),
        Content.UNSHARED: Directives("private, no-cache", vary=("Accept-Encoding", *CREDENTIALS)),
        Content.PERSONAL: Directives("private, no-cache", vary=CREDENTIALS),
        Content.MODERATION: NEVER,
        Content.ERROR: NEVER,
        Content.OPERATIONS: NEVER,
        Content.DOCUMENT: Directives("public, no-cache"),
        # A year, and no revalidation even when the page is loaded anew (RFC 8246).
        Content.STATIC: Directives("max-age=31536000, immutable", vary=("Accept-Encoding",)),
        # It leads elsewhere after the next release, and nothing would tell who kept it.
        Content.REDIRECT: NEVER,
    }
)

STALE_WHILE_REVALIDATE_S: Final = 30
STALE_IF_ERROR_S: Final = 86_400


def cdn_cache_control(ttl_s: int) -> str:
    """Return the CDN-Cache-Control (RFC 9213) of a shared answer that lives for *ttl_s*, its Age included.

    A CDN may go on for a moment while it fetches it anew, and for a day while we don't answer (RFC 5861); what is
    purged hard it has no more.
    """
    return (
        f"public, max-age={ttl_s}, stale-while-revalidate={STALE_WHILE_REVALIDATE_S}, stale-if-error={STALE_IF_ERROR_S}"
    )
