"""Compute an entry anew while it is still valid, beside the requests, so that a hot key never expires under them."""

import math
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore, Lock, Thread
from typing import Final

import structlog

from dealradar.cache import Down, Hit, Lease, Miss
from dealradar.httpcache.measures import REFRESHES
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.recompute import Compute, Recompute

log = structlog.get_logger(__name__)

BETA: Final = 1.0
"""How eagerly to refresh early; more is earlier. One is optimal where costs are alike (Vattani et al., §3)."""
REST_S: Final = 1.0
"""How long a key is left alone whose refresh failed."""


class Due(StrEnum):
    """Why an entry is to be refreshed."""

    SOFT = "soft"
    """It is past its soft age."""
    EARLY = "early"
    """It is near it, and chance chose this request, so that what was stored together is not refreshed together."""


class Outcome(StrEnum):
    """How a refresh ended."""

    DONE = "done"
    LEFT = "left"
    """Another process is at it, or was quicker."""
    UNSTORED = "unstored"
    FAILED = "failed"


def due(hit: Hit, *, draw: float) -> Due | None:
    """Return why *hit* is to be refreshed now, None if it isn't; *draw* is uniform, from 0 up to but without 1.

    The earlier the dearer: XFetch (Vattani, Chierichetti, Lowenstein: "Optimal Probabilistic Cache Stampede
    Prevention", VLDB 2015), with the soft age for the expiry and the measured cost of computing the entry.
    """
    soft_ttl_s = hit.entry.soft_ttl_s
    if soft_ttl_s is None:
        return None
    if hit.age_s >= soft_ttl_s:
        return Due.SOFT
    head_start_s = -hit.entry.cost_s * BETA * math.log(1.0 - draw)
    return Due.EARLY if hit.age_s + head_start_s >= soft_ttl_s else None


@dataclass(frozen=True)
class _Wish:
    """One refresh: of what *hit* was served from, for what *plan* says, by *compute*."""

    plan: Plan
    hit: Hit
    compute: Compute
    due: Due


class Refresher:
    """Refreshes in a few threads of this process, each in a *context* of its own, without the request's identity."""

    def __init__(
        self, recompute: Recompute, context: Callable[[], AbstractContextManager[object]], *, at_once: int
    ) -> None:
        self._recompute = recompute
        self._context = context
        self._free = BoundedSemaphore(at_once)
        self._lock = Lock()
        self._resting_until_s: dict[str, float] = {}

    def consider(self, plan: Plan, hit: Hit, compute: Compute) -> None:
        """Begin to refresh the entry of *hit* if that is due, nobody in this process does yet, and a thread is free."""
        reason = due(hit, draw=random.random())  # noqa: S311  spreads load, hides nothing
        if reason is None or not self._claim(plan.key):
            return
        wish = _Wish(plan, hit, compute, reason)
        Thread(target=self._run, args=(wish,), name="cache-refresh", daemon=True).start()

    def refresh(self, plan: Plan, compute: Compute, *, stored_at_s: float | None) -> Outcome:
        """Compute *plan*'s entry anew in this thread, unless another process does, or has since *stored_at_s*.

        That is when the entry was stored that is known; None for none. Whatever *compute* raises passes through.
        """
        leases = self._recompute.store.leases
        lease = leases.take(plan.key)
        if not isinstance(lease, Lease):
            return Outcome.LEFT
        outcome = Outcome.FAILED
        try:
            outcome = self._refresh_alone(plan, compute, stored_at_s=stored_at_s, lease=lease)
        finally:
            if outcome is not Outcome.DONE:
                leases.give_back(lease, stored=False)
        return outcome

    def _claim(self, key: str) -> bool:
        now_s = time.monotonic()
        with self._lock:
            if self._resting_until_s.get(key, 0.0) > now_s or not self._free.acquire(blocking=False):
                return False
            self._resting_until_s = {one: until_s for one, until_s in self._resting_until_s.items() if until_s > now_s}
            self._resting_until_s[key] = math.inf
        return True

    def _release(self, key: str, outcome: Outcome) -> None:
        with self._lock:
            del self._resting_until_s[key]
            if outcome is not Outcome.DONE:
                self._resting_until_s[key] = time.monotonic() + REST_S
        self._free.release()

    def _run(self, wish: _Wish) -> None:
        outcome = Outcome.FAILED
        try:
            with self._context():
                outcome = self.refresh(wish.plan, wish.compute, stored_at_s=wish.hit.entry.stored_at_s)
        except Exception:
            log.exception("cache_refresh_failed", key=wish.plan.key)  # the entry is served until its end
        finally:
            REFRESHES.labels(wish.due, outcome).inc()
            self._release(wish.plan.key, outcome)

    def _refresh_alone(self, plan: Plan, compute: Compute, *, stored_at_s: float | None, lease: Lease) -> Outcome:
        found = self._recompute.store.lookup(plan.key, plan.tags)
        if isinstance(found, Down) or _is_newer(found, stored_at_s):
            return Outcome.LEFT
        fill = self._recompute(plan, compute, known=found if isinstance(found, Miss) else None, lease=lease)
        return Outcome.DONE if fill.stored else Outcome.UNSTORED


def _is_newer(found: Hit | Miss, stored_at_s: float | None) -> bool:
    return isinstance(found, Hit) and found.entry.stored_at_s != stored_at_s
