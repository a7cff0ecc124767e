"""What the store holds of each endpoint: keys are counted, and a few of each looked at for their size."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from dealradar.cache import Hit, StoreUnavailableError, scans
from dealradar.cache.keys import NAMESPACE
from dealradar.domain.errors import BusyError
from dealradar.domain.shapes import Output
from dealradar.httpcache import stores
from dealradar.httpcache.control import paths

MAX_STEPS: Final = 250
"""How many steps one look takes: 50,000 keys, some 100 ms."""
SAMPLED: Final = 10
_ID: Final = re.compile(r"\d+(?=/|$)")


class HoldingOut(Output):
    """About how many entries of an endpoint would be served, and how long their bodies are together."""

    entries: int
    body_bytes: int


class HoldingsOut(Output):
    """What there is of each endpoint, by its rule; of the first keys that were met only, unless it *is_whole*."""

    endpoints: dict[str, HoldingOut]
    is_whole: bool


@dataclass
class Found:
    """How many keys were met, and the first of them."""

    count: int = 0
    sample: list[str] = field(default_factory=list)

    def add(self, key: str) -> None:
        """Count *key*."""
        self.count += 1
        if len(self.sample) < SAMPLED:
            self.sample.append(key)


def take() -> HoldingsOut:
    """Return what the store holds just now.

    Raises:
        BusyError: The store can't be asked.
    """
    try:
        found, is_whole = _walk()
        return HoldingsOut(endpoints={rule: _estimate(keys) for rule, keys in found.items()}, is_whole=is_whole)
    except StoreUnavailableError:
        raise BusyError("The cache store can't be asked just now.") from None


def _walk() -> tuple[dict[str, Found], bool]:
    found: defaultdict[str, Found] = defaultdict(Found)
    cursor = scans.START
    for _ in range(MAX_STEPS):
        batch = stores.scan("/*", cursor)
        for key in batch.keys:
            if (rule := _rule(key)) is not None:
                found[rule].add(key)
        cursor = batch.cursor
        if cursor == scans.START:
            break
    return found, cursor == scans.START


def _rule(key: str) -> str | None:
    path = key.removeprefix(NAMESPACE).partition(":")[0]
    return _rule_of_shape(_ID.sub("1", path))


@lru_cache(maxsize=1_024)
def _rule_of_shape(path: str) -> str | None:
    """Return the rule of the endpoint at *path*, None if this release has none there."""
    try:
        return paths.policy_of(path).endpoint
    except ValueError:
        return None


def _estimate(keys: Found) -> HoldingOut:
    hits = [hit for key in keys.sample if isinstance(hit := stores.current().lookup(key, ()), Hit)]
    each = keys.count / len(keys.sample)
    return HoldingOut(
        entries=round(len(hits) * each), body_bytes=round(sum(len(hit.entry.body) for hit in hits) * each)
    )
