"""Keeps the database from being asked for everything at once, after a flush or a deployment."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from dealradar.httpcache.measures import SHIELD

AT_ONCE: Final = "at_once"
WAITED: Final = "waited"
GAVE_UP: Final = "gave_up"


class Shield:
    """So many *places* to recompute in; who finds none within *wait_s* goes on without, late rather than never."""

    def __init__(self, places: int, *, wait_s: float) -> None:
        self._free = BoundedSemaphore(places)
        self._wait_s = wait_s

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for as long as the block lasts, having waited for one."""
        outcome = self._enter()
        SHIELD.labels(outcome).inc()
        try:
            yield
        finally:
            if outcome != GAVE_UP:
                self._free.release()

    def _enter(self) -> str:
        if self._free.acquire(blocking=False):
            return AT_ONCE
        return WAITED if self._free.acquire(timeout=self._wait_s) else GAVE_UP
