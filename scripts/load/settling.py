"""What there is on a seeded site to be asked for, and people who are new to it."""

import json
from typing import Any, Final
from urllib.parse import quote

import psycopg

from scripts import postgres
from scripts.bench.database import places_of
from scripts.bench.edge import Client, registered
from scripts.bench.site import Site
from scripts.load.requests import Ground, Person

MEMBERS: Final = 40
MODERATORS: Final = 2
_SORTS: Final = ("hot", "new", "top")
_PAGES_A_SORT: Final = 4
_REPORTS: Final = "SELECT id FROM reports WHERE status IN ('open', 'triaged') ORDER BY id DESC LIMIT 200"
_PROMOTE: Final = "UPDATE users SET role = 'admin' WHERE id = ANY(%s)"
"""Administrators moderate too, and may invalidate."""

_Connection = psycopg.Connection[tuple[Any, ...]]


def settle(site: Site, *, has_members: bool) -> Ground:
    """Have people join and look around on *site*, which serves.

    Raises:
        RefusedError: It refuses.
    """
    client = Client(site.port)
    people = [_joined(client) for _ in range(MEMBERS + MODERATORS)] if has_members else []
    moderators, members = people[:MODERATORS], people[MODERATORS:]
    with postgres.connect(site.servers["DATABASE_URL"].url) as database:
        database.execute(_PROMOTE, [[one.id for one in moderators]])
        reports = [number for (number,) in database.execute(_REPORTS)]
        return Ground(places_of(database), _pages(Client(site.port)), reports, members, moderators)


def _joined(client: Client) -> Person:
    client.token = None
    client.token = registered(client)
    return Person(int(json.loads(client.ask("/api/auth/me")[2])["id"]), client.token)


def _pages(client: Client) -> list[str]:
    """Return the paths of further pages of the lists of deals."""
    pages = []
    for sort in _SORTS:
        path = f"/api/deals?sort={sort}"
        for _ in range(_PAGES_A_SORT):
            cursor = json.loads(client.ask(path)[2])["next_cursor"]
            if cursor is None:
                break
            path = f"/api/deals?sort={sort}&cursor={quote(cursor)}"
            pages.append(path)
    return pages
