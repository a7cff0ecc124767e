"""How urgent an invalidation is (ADR 0034)."""

from enum import IntEnum


class Kind(IntEnum):
    """What hurries more comes first; the value is what the outbox keeps."""

    HARD = 0
    """First in every queue, and never served stale again by anyone: takedowns, bans, revoked rights, deletions."""
    STRICT = 1
    """In force before the write is answered: the rule."""
    SOFT = 2
    """At once where the tag was left in peace for a while, otherwise when that is over: what moves a score, a count or
    the order of a list."""
