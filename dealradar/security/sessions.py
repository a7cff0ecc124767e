"""Browser sessions: a token in a cookie that no script reads, worth nothing to other sites' pages (ADR 0061, 0074)."""

from dataclasses import dataclass
from typing import Final

from dealradar.domain.errors import ForbiddenError

COOKIE: Final = "dealradar_session"
SAME_ORIGIN: Final = "same-origin"
OWN: Final = "/me"
"""Below it is what belongs to one person alone; nowhere else is their cookie sent."""
OWN_COOKIE: Final = "dealradar_me"


@dataclass(frozen=True)
class Sender:
    """What a browser says of the page that a request comes from: Sec-Fetch-Site and Origin, None where it doesn't."""

    fetch_site: str | None
    origin: str | None


def require_own_page(sender: Sender, own_origin: str) -> None:
    """Let a request pass that a page of *own_origin* sends, such as ``https://example.org``.

    Browsers put Sec-Fetch-Site on what goes over HTTPS or the loopback, and Origin on every POST, PUT and DELETE; no
    page can change either. What says neither isn't a browser's, and has no session.

    Raises:
        ForbiddenError: Another site's page sends it, or no page.
    """
    says_site = sender.fetch_site is not None
    if not (sender.fetch_site == SAME_ORIGIN if says_site else sender.origin == own_origin):
        raise ForbiddenError("A session may be used by this site's own pages only.")


def is_own(path: str) -> bool:
    """Return whether *path* is one of those that belong to one person alone.

    >>> is_own("/me"), is_own("/me/bookmarks"), is_own("/merchants")
    (True, True, False)
    """
    return f"{path}/".startswith(f"{OWN}/")
