"""The versions of tags: random tokens in the store that an entry must match to be served.

No command here concerns two keys, so that each may live on another node of a Redis Cluster.
"""

import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from dealradar.cache.connections import Command, Reply
from dealradar.cache.entries import Versions
from dealradar.cache.keys import hard_key, version_key
from dealradar.cache.wire import StoreUnavailableError, Trouble, Wire

LEAST_TTL_S: Final = 600
"""How long a version lives at least: longer than it takes to compute an entry. Each entry under it prolongs that.

One that is gone makes its entries misses, no more; and versions of what nobody asks for don't pile up.
"""
CLOCKS_APART_S: Final = 5.0
"""So far the clocks of two machines may differ, when a time of one is compared with a time of the other."""

_TOKEN_BYTES: Final = 9


def fresh() -> str:
    """Return a new version: 12 characters, 72 random bits.

    Never a counter: one that was evicted would start again and meet the values of old entries.
    """
    return secrets.token_urlsafe(_TOKEN_BYTES)


def reading(tags: Sequence[str]) -> list[Command]:
    """Return the commands whose replies `known` understands."""
    return [("GET", version_key(tag)) for tag in tags]


def known(tags: Sequence[str], replies: Sequence[Reply]) -> dict[str, str]:
    """Return the versions in *replies* by tag; a tag without one is absent."""
    # Latin-1 takes any bytes and keeps different ones apart: what isn't a token of ours just never matches.
    pairs = zip(tags, replies, strict=True)
    return {tag: reply.decode("latin-1") for tag, reply in pairs if isinstance(reply, bytes)}


def read_or_create(wire: Wire, tags: Sequence[str], already: Mapping[str, str]) -> Versions:
    """Return the versions of *tags* in their order, giving one to those that have none, in at most one round trip.

    *already* holds those read a moment ago. Where two create at once the first one wins, and both return its token.

    Raises:
        StoreUnavailableError: The store can't be asked, or lost a version as soon as it had it.
    """
    missing = [tag for tag in tags if tag not in already]
    commands = [command for tag in missing for command in _creating(tag)]
    replies = wire.exchange(commands) if commands else []
    versions = {**already, **known(missing, replies[1::2])}
    if lost := [tag for tag in tags if tag not in versions]:
        raise StoreUnavailableError(Trouble.REFUSED, f"The store does not keep the version of {lost[0]}.")
    return tuple((tag, versions[tag]) for tag in tags)


def refreshing(tags: Iterable[str], *, life_s: float) -> list[Command]:
    """Return the commands that let versions outlive the entry of *life_s* seconds that is being stored."""
    ttl_s = max(LEAST_TTL_S, math.ceil(2 * life_s))
    return [("EXPIRE", version_key(tag), ttl_s, "GT") for tag in tags]  # another entry may live longer


def reading_marks(tags: Sequence[str]) -> list[Command]:
    """Return the commands whose replies `is_marked` understands."""
    return [("GET", hard_key(tag)) for tag in tags]


def is_marked(replies: Sequence[Reply], *, since_s: float) -> bool:
    """Return whether any of the tags was invalidated hard since *since_s*, in Unix time, or may have been."""
    return any(reply is not None and _time_of(reply) >= since_s - CLOCKS_APART_S for reply in replies)


def _time_of(mark: Reply) -> float:
    try:
        return float(cast("bytes", mark))
    except (TypeError, ValueError):
        return math.inf  # not one of ours: rather refuse for ever than serve what was taken down


def _creating(tag: str) -> tuple[Command, Command]:
    key = version_key(tag)
    return ("SET", key, fresh(), "NX", "EX", LEAST_TTL_S), ("GET", key)
