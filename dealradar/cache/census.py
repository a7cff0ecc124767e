"""What kinds of keys the store holds, and how many of each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from dealradar.cache.keys import NAMESPACE
from dealradar.cache.scans import BATCH_KEYS, START
from dealradar.cache.wire import Wire

KINDS: Final = (
    ("entries", "/"),
    ("versions", "tag:"),
    ("hits", "hits:"),
    ("demand", "demand:"),
    ("identities", "identity:"),
    ("values", "value:"),
    ("others", ""),
)
"""What each kind's keys begin with behind `NAMESPACE`, the first that fits."""


@dataclass(frozen=True, slots=True)
class Census:
    """About how many keys there are of each kind; of the first ones that were met only, unless it *is_whole*."""

    counts: Mapping[str, int]
    is_whole: bool


def take(wire: Wire, *, max_steps: int) -> Census:
    """Return the kinds of our keys among about *max_steps* times `BATCH_KEYS`; a few may be counted twice.

    Raises:
        StoreUnavailableError: The server can't be asked.
    """
    counts = Counter({kind: 0 for kind, _ in KINDS})
    cursor = START
    for _ in range(max_steps):
        (reply,) = wire.exchange([("SCAN", cursor, "MATCH", f"{NAMESPACE}*", "COUNT", BATCH_KEYS)])
        following, keys = cast("tuple[bytes, list[bytes]]", reply)
        counts.update(map(_kind, keys))
        cursor = following.decode()
        if cursor == START:
            break
    return Census(dict(counts), is_whole=cursor == START)


def _kind(key: bytes) -> str:
    name = key.decode("latin-1").removeprefix(NAMESPACE)
    return next(kind for kind, beginning in KINDS if name.startswith(beginning))
