"""How urgent an invalidation is."""

from enum import IntEnum


class Kind(IntEnum):
    """What hurries more comes first; the value is what the outbox keeps."""

    HARD = 0
    """What may never be served stale again: takedowns, bans, revoked rights, deletions."""
    STRICT = 1
    """In force before the write is answered."""
