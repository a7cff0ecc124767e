"""Surrogate keys: the tags of an answer, by which a CDN can be told to forget it."""

from collections.abc import Sequence
from typing import Final

MAX_BYTES: Final = 1_024
"""Far below what any CDN takes in one field (Fastly and Cloudflare 16 KiB)."""
REST: Final = "rest"
"""Stands for the keys that didn't fit; whoever purges any key purges this one too, so that none is missed."""


def surrogate_key(tags: Sequence[str], *, max_bytes: int = MAX_BYTES) -> str:
    """Return the Surrogate-Key field of what depends on *tags*, the least special of which come last."""
    field = " ".join(tags)
    if len(field) <= max_bytes:
        return field
    # The most special tags go first: it is they that are many.
    kept = list(tags)
    while kept and len(" ".join((*kept, REST))) > max_bytes:
        kept.pop(0)
    return " ".join((*kept, REST))


def purging(tags: Sequence[str]) -> tuple[str, ...]:
    """Return the keys to purge so that nothing is kept that depends on any of *tags*."""
    return (*tags, REST)
