"""What is asked for, counted in this process and told to the store every few seconds.

A process that is killed takes its last few seconds of counts with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import Final

from flask import Flask, current_app

from dealradar.httpcache.frequent import Frequent
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.serving import Served, XCache

NOT_ASKED: Final = "dealradar.nobody_asked"
"""In the environment of a request that nobody made, and that is not to be counted."""

SERVED_BY: Final = "dealradar.served_by"
"""In that of one that something else than `serve` is to serve: what does."""

MAX_COUNTED: Final = 2_000
"""How many keys, and how many paths, are counted between two flushes: those that are asked for most."""

MAX_PATH_CHARS: Final = 500
_EXTENSION: Final = "demand"


@dataclass(frozen=True)
class Counts:
    """How often each key was a hit, and each public path was asked for, hit or not."""

    hits: Mapping[str, int]
    asked: Mapping[str, int]


class Demand:
    """Counts that threads share, bounded."""

    def __init__(self) -> None:
        self._hits, self._asked = Frequent(MAX_COUNTED), Frequent(MAX_COUNTED)
        self._lock = Lock()

    def note(self, plan: Plan, served: Served) -> None:
        """Count one request for *plan* that was *served*."""
        with self._lock:
            if served.x_cache is XCache.HIT:
                self._hits.add(plan.key)
            if (path := _worth_warming(plan, served)) is not None:
                self._asked.add(path)

    def note_hits(self, plan: Plan, count: int) -> None:
        """Count *count* requests for *plan* that were served a stored 200."""
        with self._lock:
            self._hits.add(plan.key, count)
            if plan.public_path is not None and len(plan.public_path) <= MAX_PATH_CHARS:
                self._asked.add(plan.public_path, count)

    def take(self) -> Counts:
        """Return what was counted since it was last taken."""
        with self._lock:
            hits, asked = self._hits, self._asked
            self._hits, self._asked = Frequent(MAX_COUNTED), Frequent(MAX_COUNTED)
        return Counts(hits.counts, asked.counts)


def connect(app: Flask) -> None:
    """Give *app* its counts."""
    app.extensions[_EXTENSION] = Demand()


def current() -> Demand:
    """Return the counts of the current application."""
    demand: Demand = current_app.extensions[_EXTENSION]
    return demand


def _worth_warming(plan: Plan, served: Served) -> str | None:
    """Return the public path that was asked for, None if it led to nothing or is too long to be counted."""
    if plan.public_path is None or len(plan.public_path) > MAX_PATH_CHARS or served.status != HTTPStatus.OK:
        return None
    return plan.public_path
