"""What is cached for a path."""

import re
from collections.abc import Sequence
from typing import Final

from dealradar.cache import Hit, StoreUnavailableError, scans
from dealradar.domain.errors import BadCursorError, BusyError
from dealradar.domain.shapes import Page
from dealradar.httpcache import stores
from dealradar.httpcache.control.shapes import EntryOut, EntryQuery

MAX_STEPS: Final = 500
"""How many steps one look takes: 100,000 keys."""

_CURSOR: Final = re.compile(r"[1-9][0-9]{0,19}")


def listing(query: EntryQuery) -> Page[EntryOut]:
    """Return the valid entries of a path among the next `MAX_STEPS` steps through the store, and where to go on.

    A page may be empty and not the last.

    Raises:
        BadCursorError: The cursor isn't one.
        BusyError: The store can't be asked.
    """
    cursor = query.cursor or scans.START
    if query.cursor is not None and not _CURSOR.fullmatch(query.cursor):
        raise BadCursorError("This cursor is damaged; start again without one.")
    found: list[EntryOut] = []
    try:
        for _ in range(MAX_STEPS):
            batch = stores.scan(f"{query.path}:*", cursor)
            found += _valid(batch.keys)
            cursor = batch.cursor
            if cursor == scans.START:
                break
    except StoreUnavailableError:
        raise BusyError("The cache store can't be asked just now.") from None
    return Page(items=found, next_cursor=None if cursor == scans.START else cursor)


def _valid(keys: Sequence[str]) -> list[EntryOut]:
    found = ((key, hits, stores.current().lookup(key, ())) for key, hits in zip(keys, stores.hits(keys), strict=True))
    return [_shown(key, hit, hits=hits) for key, hits, hit in found if isinstance(hit, Hit)]


def _shown(key: str, hit: Hit, *, hits: int) -> EntryOut:
    return EntryOut(
        key=key,
        tags=[tag for tag, _ in hit.entry.versions],
        age_s=round(hit.age_s, 3),
        ttl_s=round(hit.ttl_left_s, 3),
        body_bytes=len(hit.entry.body),
        hits=hits,
    )
