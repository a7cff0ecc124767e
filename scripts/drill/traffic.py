"""Steady requests of readers: so many at once, a share of which isn't in the cache."""

import itertools
import random
import threading
import time
from contextlib import suppress
from typing import Final

from scripts.consistency.client import Client, CutError, Wish

HIT: Final = "/api/merchants"
MISS: Final = "/api/deals?min_price={}"
"""Another answer for each price."""

_PAUSE_S: Final = 0.04
_DICE: Final = random.Random()  # noqa: S311 - no secret


class Traffic:
    """Asks the site on *port* from as many threads as it is told, until it is over; *miss_share* may change."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.miss_share = 0.0
        self._prices = itertools.count(1)
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, count: int) -> None:
        """Have *count* more readers."""
        for _ in range(count):
            thread = threading.Thread(target=self._read, daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Have none any more."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        client = Client(self._port)
        while not self._over.is_set():
            is_miss = _DICE.random() < self.miss_share
            with suppress(CutError):
                client.ask(Wish(MISS.format(next(self._prices)) if is_miss else HIT))
            time.sleep(_PAUSE_S)
