"""Where what is cached is asked for: policies name the API's paths as below ``/api``, and pages as below ``/pages``."""

from typing import Final

API: Final = "/api"
PAGES: Final = "/pages"
"""In keys, tags and policies alone: ``/pages/deals/5`` is the page at ``/deals/5``, and ``/pages`` the one at ``/``."""


def address_of(path: str) -> str:
    """Return where *path*, a policy's, its rule or with a query, is asked for.

    >>> address_of("/deals/5"), address_of("/pages/deals/5"), address_of("/pages?sort=new")
    ('/api/deals/5', '/deals/5', '/?sort=new')
    """
    place, question, query = path.partition("?")
    if place == PAGES:
        return f"/{question}{query}"
    return path.removeprefix(PAGES) if place.startswith(f"{PAGES}/") else API + path


def policy_path_of(address: str) -> str:
    """Return how policies name *address*, a path or a rule: what `address_of` comes from."""
    if address.startswith(f"{API}/"):
        return address.removeprefix(API)
    return PAGES if address == "/" else PAGES + address
