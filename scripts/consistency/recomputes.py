"""How often the same thing was computed: noted by the web processes, judged as everything else is, afterwards."""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from dealradar.cache import Entry, Held, Lease, Put, RedisStore, Trouble
from dealradar.cache.leases import LEASE_S, RENEWED_EVERY_S, RedisLeases
from scripts.consistency.history import Outage, What
from scripts.consistency.judge import RETURN_BOUND_S

_NAME: Final = "recomputes"
_SURE_S: Final = LEASE_S - RENEWED_EVERY_S
"""For so long a lease holds even if its owner isn't let run."""


@dataclass(frozen=True, slots=True)
class Recompute:
    """An answer was computed for *key* while its tags had *versions*, and stored at *ended_s*.

    Who *led* had the lease; the others had waited long enough, or couldn't ask for it.
    """

    key: str
    versions: str
    led: bool
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Expiry:
    """*key* was not to be had, and was computed *times* until it was to be had again at *ended_s*.

    *led* of these times it was by who had the lease.
    """

    key: str
    times: int
    led: int
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


def repeated(expiries: Iterable[Expiry], outages: Sequence[Outage]) -> list[Expiry]:
    """Return the expiries for which more than one had the lease, though nothing was out of order where it is kept."""
    return [
        expiry
        for expiry in expiries
        if expiry.led > 1
        and expiry.ended_s - expiry.began_s < _SURE_S
        and not any(
            outage.what is not What.SWEEP
            and outage.began_s <= expiry.ended_s
            and expiry.began_s <= outage.ended_s + RETURN_BOUND_S
            for outage in outages
        )
    ]


def record(folder: Path) -> None:
    """Have this process note in *folder* what it computes and stores."""
    log = os.open(folder / _NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    put, take = RedisStore.put, RedisLeases.take
    leading = threading.local()

    def taken(leases: RedisLeases, key: str) -> Lease | Held | Trouble:
        found = take(leases, key)
        leading.key = key if isinstance(found, Lease) else None
        return found

    def noted(store: RedisStore, key: str, entry: Entry, *, linger_s: float = 0.0, lease: Lease | None = None) -> Put:
        began_s = time.monotonic() - entry.cost_s
        outcome = put(store, key, entry, linger_s=linger_s, lease=lease)
        if outcome is Put.STORED:
            versions = ",".join(token for _, token in entry.versions)
            led = int(getattr(leading, "key", None) == key)
            line = f"{key} {versions} {led} {began_s} {time.monotonic()}\n"
            os.write(log, line.encode())  # at once and whole, for the process may be killed any moment
        return outcome

    patch.object(RedisLeases, "take", taken).start()
    patch.object(RedisStore, "put", noted).start()


def noted(folder: Path) -> list[Recompute]:
    """Return what all processes have noted in *folder*."""
    lines = (line.split() for line in (folder / _NAME).read_text().splitlines())
    return [
        Recompute(key, versions, bool(int(led)), float(began), float(ended))
        for key, versions, led, began, ended in lines
    ]


def _expiries(same: list[Recompute]) -> list[Expiry]:
    """Return the expiries among recomputes of the same state, which are in the order of their ends."""
    expiries: list[Expiry] = []
    for recompute in same:
        if expiries and recompute.began_s < expiries[-1].ended_s:
            last = expiries[-1]
            began_s = min(last.began_s, recompute.began_s)
            expiries[-1] = Expiry(last.key, last.times + 1, last.led + recompute.led, began_s, last.ended_s)
        else:
            expiries.append(Expiry(recompute.key, 1, int(recompute.led), recompute.began_s, recompute.ended_s))
    return expiries
