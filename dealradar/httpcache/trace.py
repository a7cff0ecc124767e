"""What was asked for, stored and invalidated here, line by line, for whoever plays other policies on it.

Each process has a file of its own, and names a key once; everything else is a number,
a keyed hash, or the rule of an endpoint. A line begins with what it is, and all but the first two say after how many
microseconds that was:

``dealradar-trace FORMAT UNIX_US``, ``k NUMBER KEY ENDPOINT TTL_MS SOFT_TTL_MS TAG,…`` (0 where nothing refreshes),
``a US NUMBER FOUND``, ``s US NUMBER BODY_BYTES COST_US TTL_MS``, ``i US TAG …``, ``c US`` (the store was cleared).
"""

import hmac
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

import structlog
from flask import Flask, current_app

from dealradar.cache import Did, Entry, Event
from dealradar.config import Settings
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.serving import Served, XCache

FORMAT: Final = 1
MAX_FILE_BYTES: Final = 64 * 1_048_576
"""A file that is larger becomes the older half, which ends in ``.1``, in the place of the one before."""
MAX_WAITING_TURNS: Final = 4_096
"""Of so many turns of a server's loop hits are kept back at most."""
FOUND: Final = {XCache.HIT: "h", XCache.MISS: "m", XCache.STALE: "s", XCache.BYPASS: "b"}
"""How a line says what was found."""

_EXTENSION: Final = "trace"
_HASH_BYTES: Final = 8
_MODE: Final = 0o600
log = structlog.get_logger(__name__)


class Trace:
    """Writes beside *path*, with the id of the process at its end; threads may share it, and a process fork with it.

    Never raises: a trace that can't be written ends, with a line in the log.
    """

    def __init__(self, path: Path, secret: bytes, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._path = path
        self._secret = secret
        self._max_file_bytes = max_file_bytes
        self._lock = Lock()
        self._turns: list[tuple[float, Sequence[Plan]]] = []
        self._forget()

    def asked(self, plan: Plan, served: Served, *, at_s: float) -> None:
        """Note that somebody asked for *plan* at *at_s*, in Unix time, and how that was *served*."""
        with self._alone():
            self._lines.append(f"a {self._since_us(at_s)} {self._number(plan)} {FOUND[served.x_cache]}\n")

    def hits(self, plans: Sequence[Plan], *, at_s: float) -> None:
        """Note that what is asked by each of *plans* was answered with a stored 200 at *at_s*, in Unix time.

        Kept back until it is flushed: to write it at once would cost more than the answers.
        """
        self._turns.append((at_s, plans))
        if len(self._turns) >= MAX_WAITING_TURNS:
            self.flush()

    def stored(self, plan: Plan, entry: Entry) -> None:
        """Note that *entry* was stored for *plan*, a moment ago."""
        with self._alone():
            at_us, number = self._since_us(entry.stored_at_s), self._number(plan)
            cost_us, ttl_ms = int(entry.cost_s * 1e6), int(entry.ttl_s * 1_000)
            self._lines.append(f"s {at_us} {number} {len(entry.body)} {cost_us} {ttl_ms}\n")

    def observe(self, event: Event) -> None:
        """Note what the store was told to invalidate, or that it was cleared."""
        is_cleared = event.did is Did.CLEAR
        if not event.tags and not is_cleared:
            return
        with self._alone():
            at_us = self._since_us(time.time())
            hashes = " ".join(self._hash(tag) for tag in event.tags)
            self._lines.append(f"c {at_us}\n" if is_cleared else f"i {at_us} {hashes}\n")

    def flush(self) -> None:
        """Write what is kept back."""
        if not self._turns:
            return
        with self._alone():
            turns = self._turns
            self._turns = []
            for at_s, plans in turns:
                asked = f"a {self._since_us(at_s)} "
                self._lines += [f"{asked}{self._numbers.get(plan.key) or self._number(plan)} h\n" for plan in plans]

    def _forget(self) -> None:
        """Be as new: what a forked child has inherited is its parent's."""
        self._pid = os.getpid()
        self._began_us = time.time_ns() // 1_000
        self._numbers: dict[str, int] = {}
        # An empty line first: a file that a killed process left may end within one.
        self._lines = [f"\ndealradar-trace {FORMAT} {self._began_us}\n"]
        self._file: int | None = None
        self._is_over = False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Have this thread alone add lines, in the file of this very process, and write them."""
        with self._lock:
            if self._pid != os.getpid():
                self._forget()
            yield
            self._write()

    def _since_us(self, at_s: float) -> int:
        return int(at_s * 1e6) - self._began_us

    def _number(self, plan: Plan) -> int:
        """Return the number by which *plan*'s key is known in this file, after saying so there if it is new."""
        number = self._numbers.get(plan.key)
        if number is None:
            number = self._numbers[plan.key] = len(self._numbers) + 1
            tags = ",".join(self._hash(tag) for tag in plan.tags)
            soft_ttl_ms = int((plan.soft_ttl_s or 0) * 1_000)
            ttl_ms = plan.ttl_s * 1_000
            self._lines.append(f"k {number} {self._hash(plan.key)} {plan.endpoint} {ttl_ms} {soft_ttl_ms} {tags}\n")
        return number

    def _hash(self, name: str) -> str:
        return hmac.digest(self._secret, f"trace:{name}".encode(), "sha256")[:_HASH_BYTES].hex()

    def _write(self) -> None:
        data, self._lines = "".join(self._lines).encode(), []
        if self._is_over:
            return
        try:
            self._append(data)
        except OSError as error:
            self._is_over = True
            log.warning("trace_ended", error=str(error))

    def _append(self, data: bytes) -> None:
        """Write *data*, and begin another file if this one is long enough.

        Raises:
            OSError: It can't be written.
        """
        own = self._path.with_name(f"{self._path.name}.{self._pid}")
        if self._file is None:
            self._file = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _MODE)
        os.write(self._file, data)
        if os.fstat(self._file).st_size > self._max_file_bytes:
            os.close(self._file)
            own.replace(own.with_name(f"{own.name}.1"))
            self._forget()


def connect(app: Flask, settings: Settings) -> Trace | None:
    """Give *app* the trace that *settings* ask for, and return it; None where they don't."""
    trace = None
    if settings.trace_file is not None:
        trace = Trace(settings.trace_file, settings.secret_key.get_secret_value().encode())
    app.extensions[_EXTENSION] = trace
    return trace


def of(app: Flask) -> Trace | None:
    """Return the trace of *app*, None where it keeps none."""
    trace: Trace | None = app.extensions[_EXTENSION]
    return trace


def current() -> Trace | None:
    """Return the trace of the current application, None where it keeps none."""
    return of(current_app)
