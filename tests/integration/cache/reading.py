"""Reads a response through the store the way a view does."""

from dealradar.cache import Hit, Miss, Store, entry_key, prefixes
from tests.factories.entries import entry

ENDPOINT = "/reviews/deal/123"
KEY = entry_key(ENDPOINT, {})
TAGS = ("deal:123", "reviews@deal:123", *prefixes(ENDPOINT))


def fill(store: Store, body: bytes = b"old", *, key: str = KEY, tags: tuple[str, ...] = TAGS) -> None:
    """Store *body* at *key*, bound to *tags* as they are now."""
    versions = store.versions(tags)
    assert versions is not None
    assert store.put(key, entry(body=body, versions=versions)) == "stored"


def body_of(store: Store, key: str = KEY, tags: tuple[str, ...] = TAGS) -> bytes | None:
    """Return the body that is served from *key*, None on a miss."""
    found = store.lookup(key, tags)
    assert isinstance(found, Hit | Miss), found
    return found.entry.body if isinstance(found, Hit) else None


def is_hit(store: Store) -> bool:
    """Return whether `KEY` is served from *store*, which may be away."""
    return isinstance(store.lookup(KEY, TAGS), Hit)
