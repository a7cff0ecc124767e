"""What a process does again and again beside its requests, in a thread of its own."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Final

import structlog
from flask import Flask
from prometheus_client import Counter

ROUNDS: Final = Counter(
    "dealradar_cache_rounds",
    "What processes do by the clock beside their requests, and whether it could be done.",
    ("task", "outcome"),
)
log = structlog.get_logger(__name__)


class Rounds:
    """Does *act* each *every_s* seconds in a context of *app*; one that fails is counted, and tried again."""

    def __init__(self, app: Flask, act: Callable[[], object], *, every_s: float) -> None:
        self._app = app
        self._act = act
        self._every_s = every_s
        self._is_failing = False

    def begin(self) -> None:
        """Go round once, then begin a thread that goes on until the process ends.

        To be called in the process that it is for: a forked child has no thread of its parent's.
        """
        self.once()
        Thread(target=self._go_on, name=self._act.__name__, daemon=True).start()

    def once(self) -> None:
        """Go round once; never raises."""
        try:
            with self._app.app_context():
                self._act()
        except Exception as error:  # noqa: BLE001  the thread must outlive whatever a server's client raises
            ROUNDS.labels(self._act.__name__, "failed").inc()
            if not self._is_failing:  # once an outage, not once a round
                log.warning("round_failed", task=self._act.__name__, error=f"{type(error).__name__}: {error}")
            self._is_failing = True
        else:
            ROUNDS.labels(self._act.__name__, "done").inc()
            self._is_failing = False

    def _go_on(self) -> None:
        while True:
            time.sleep(self._every_s)
            self.once()
