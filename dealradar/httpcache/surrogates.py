"""Surrogate keys: the tags of an answer, by which a CDN can be told to forget it."""

from collections.abc import Sequence
from typing import Final

MAX_BYTES: Final = 1_024
"""Far below what any CDN takes in one field (Fastly and Cloudflare 16 KiB)."""
MAX_KEYS: Final = 50
"""As many as CloudFront reads; the others take more."""
REST: Final = "rest"
"""Stands for the keys that didn't fit; whoever purges any key purges this one too, so that none is missed."""


def surrogate_key(tags: Sequence[str], *, max_bytes: int = MAX_BYTES) -> str:
    """Return the Surrogate-Key field of what depends on *tags*, the least special of which come last."""
    if _fits(tags, max_bytes):
        return " ".join(tags)
    # The most special tags go first: it is they that are many.
    kept = list(tags)
    while kept and not _fits((*kept, REST), max_bytes):
        kept.pop(0)
    return " ".join((*kept, REST))


def cache_tag(tags: Sequence[str]) -> str:
    """Return the same keys as the Cache-Tag field, a list with commas, which Cloudflare and CloudFront read instead."""
    return ",".join(_listed(key) for key in surrogate_key(tags).split())


def purging(tags: Sequence[str]) -> tuple[str, ...]:
    """Return the keys to purge so that nothing is kept that depends on any of *tags*."""
    return (*tags, REST)


def purging_listed(tags: Sequence[str]) -> tuple[str, ...]:
    """Return the same keys as `cache_tag` spells them."""
    return tuple(_listed(key) for key in purging(tags))


def _fits(keys: Sequence[str], max_bytes: int) -> bool:
    return len(keys) <= MAX_KEYS and len(" ".join(keys)) <= max_bytes


def _listed(key: str) -> str:
    """Return *key* without the sign that parts one from the next, which a tag may hold."""
    return key.replace(",", "%2C")
