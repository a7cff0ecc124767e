"""How often the same thing was computed: noted by the web processes, judged as everything else is, afterwards."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from dealradar.cache import Entry, Put, RedisStore

_NAME: Final = "recomputes"


@dataclass(frozen=True, slots=True)
class Recompute:
    """An answer was computed for *key* while its tags had *versions*, and stored at *ended_s*."""

    key: str
    versions: str
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Expiry:
    """*key* was not to be had, and was computed *times* before it was to be had again at *ended_s*."""

    key: str
    times: int
    began_s: float
    ended_s: float


def per_expiry(recomputes: Iterable[Recompute]) -> list[Expiry]:
    """Return the expiries that *recomputes* made good, in the order of their ends.

    Who begins before the first one has stored what he computed from the same versions needn't have computed. What
    begins later makes good another expiry: by time, by an eviction, by being refreshed early.
    """
    by_state: defaultdict[tuple[str, str], list[Recompute]] = defaultdict(list)
    for recompute in sorted(recomputes, key=lambda one: one.ended_s):
        by_state[recompute.key, recompute.versions].append(recompute)
    found = (expiry for same in by_state.values() for expiry in _expiries(same))
    return sorted(found, key=lambda expiry: expiry.ended_s)


def record(folder: Path) -> None:
    """Have this process note in *folder* what it computes and stores."""
    log = os.open(folder / _NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    put = RedisStore.put

    def noted(store: RedisStore, key: str, entry: Entry, *, linger_s: float = 0.0) -> Put:
        began_s = time.monotonic() - entry.cost_s
        outcome = put(store, key, entry, linger_s=linger_s)
        if outcome is Put.STORED:
            versions = ",".join(token for _, token in entry.versions)
            os.write(log, f"{key} {versions} {began_s} {time.monotonic()}\n".encode())  # whole, also if killed then
        return outcome

    patch.object(RedisStore, "put", noted).start()


def noted(folder: Path) -> list[Recompute]:
    """Return what all processes have noted in *folder*."""
    lines = (line.split() for line in (folder / _NAME).read_text().splitlines())
    return [Recompute(key, versions, float(began), float(ended)) for key, versions, began, ended in lines]


def _expiries(same: list[Recompute]) -> list[Expiry]:
    """Return the expiries among recomputes of the same state, which are in the order of their ends."""
    expiries: list[Expiry] = []
    for recompute in same:
        if expiries and recompute.began_s < expiries[-1].ended_s:
            last = expiries[-1]
            began_s = min(last.began_s, recompute.began_s)
            expiries[-1] = Expiry(last.key, last.times + 1, began_s, last.ended_s)
        else:
            expiries.append(Expiry(recompute.key, 1, recompute.began_s, recompute.ended_s))
    return expiries
