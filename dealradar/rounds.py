"""What a process does again and again beside its requests or tasks, each thing in a thread of its own."""

import time
from collections.abc import Callable
from enum import StrEnum
from threading import Thread
from typing import Final

import structlog
from flask import Flask
from prometheus_client import Counter

ROUNDS: Final = Counter(
    "dealradar_rounds",
    "What processes do by the clock beside their requests and tasks, and whether it could be done.",
    ("task", "outcome"),
)
log = structlog.get_logger(__name__)


class Kind(StrEnum):
    """What a process of ours is there for: to answer requests, to do background tasks, or to ask for them by the clock.

    The last has no rounds.
    """

    WEB = "web"
    WORKER = "worker"
    BEAT = "beat"


class Rounds:
    """Does *act* each *every_s* seconds in a context of *app*; one that fails is counted, and tried again."""

    def __init__(self, app: Flask, act: Callable[[], object], *, every_s: float) -> None:
        self._app = app
        self._act = act
        self._every_s = every_s
        self._is_failing = False

    def begin(self, *, is_awaited: bool) -> None:
        """Begin a thread that goes round until the process ends, after the first time if that *is_awaited*.

        To be called in the process that it is for: a forked child has no thread of its parent's.
        """
        if is_awaited:
            self.once()
        Thread(target=self._go_on, args=(is_awaited,), name=self._act.__name__, daemon=True).start()

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

    def _go_on(self, was_once: bool) -> None:
        if not was_once:
            self.once()
        while True:
            time.sleep(self._every_s)
            self.once()
