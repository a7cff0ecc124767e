"""A store that was away is read again only after what it missed has been made up for."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread, current_thread
from typing import Final, Protocol

from dealradar.cache.breaker import Breaker, Circuit, Patience, Phase, distrust, succeed
from dealradar.cache.wire import StoreUnavailableError, Wire

PATIENCE: Final = Patience(failures=3, open_s=0.25, open_max_s=0.25)
"""The pause between two tries is short and doesn't grow: nobody waits for them, and others may be owed something."""

FIRST_WAIT_S: Final = 5.0


class Missed(Protocol):
    """Whoever knows what the store was not told."""

    def __call__(self, *, server_changed: bool) -> Collection[str]:
        """Return the tags that are owed; if *server_changed*, also those that another server may have been told.

        Whatever it raises keeps the store from being read. It is called in a thread of its own.
        """


class RecoveringBreaker(Breaker):
    """A breaker that begins open and that no answer closes, but only *recover* returning.

    That is tried in a thread beside the requests, again and again while the breaker is open, from when somebody asks
    for the first time, or when it opens. Meanwhile nothing passes, and nobody waits. Only the very first try is waited
    for, up to *first_wait_s*, so that a process doesn't start with requests that pass the store by.
    """

    def __init__(
        self,
        recover: Callable[[], None],
        *,
        on_change: Callable[[Circuit], None],
        patience: Patience = PATIENCE,
        first_wait_s: float = FIRST_WAIT_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(patience, on_change=on_change, clock_s=clock_s)
        self._circuit = Circuit(phase=Phase.OPEN, open_s=patience.open_s)
        self._recover = recover
        self._first_wait_s = first_wait_s
        self._tried = Event()
        self._stopped = Event()
        self._thread: Thread | None = None

    def allows(self) -> bool:
        """Return whether the store may be asked."""
        if self._is_closed():
            return True
        self._begin()
        self._tried.wait(self._first_wait_s)
        return self._is_closed()

    def succeeded(self) -> bool:
        """Take note of an answer; return whether it may be relied on: not if the store is to be recovered first."""
        return self._is_closed() and super().succeeded()

    def failed(self, error: str) -> None:
        """Take note that the store didn't answer, and why."""
        super().failed(error)
        if not self._is_closed():
            self._begin()

    def distrust(self, error: str) -> None:
        """Open, since the store turned out not to know what was invalidated; a recovery under way is in vain.

        What a recovery itself finds out, it makes up for.
        """
        if current_thread() is self._thread:
            return
        self._change(lambda circuit: distrust(circuit, now_s=self._clock_s(), error=error))
        self._begin()

    def stop(self) -> None:
        """Try no more until somebody asks again."""
        self._stopped.set()

    def _is_closed(self) -> bool:
        return self._circuit.phase is Phase.CLOSED

    def _begin(self) -> None:
        with self._lock:
            if self._thread is not None and self._thread.is_alive():  # in a forked child it isn't
                return
            self._stopped.clear()
            self._thread = Thread(target=self._run, name="cache-recovery", daemon=True)
            with suppress(RuntimeError):  # there is no thread to be had: who asks next tries again
                self._thread.start()

    def _run(self) -> None:
        while not self._is_over():
            self._try()
            self._tried.set()
            if not self._is_closed():
                self._stopped.wait(self._patience.open_s)

    def _is_over(self) -> bool:
        """Return whether nothing is left to try; who opens the breaker afterwards finds no thread, and begins one."""
        with self._lock:
            is_over = self._is_closed() or self._stopped.is_set()
            if is_over:
                self._thread = None
            return is_over

    def _try(self) -> None:
        self._change(lambda circuit: replace(circuit, phase=Phase.HALF_OPEN))
        try:
            self._recover()
        except Exception as error:  # noqa: BLE001  whatever keeps what is owed from being paid, it isn't paid
            super().failed(f"{type(error).__name__}: {error}")
        else:
            self._change(succeed)


def await_answer(wire: Wire, *, tries: int) -> None:
    """Return when the store has answered a probe in the time that *wire* has, to one of so many *tries*.

    Raises:
        StoreUnavailableError: It has answered none.
    """
    for _ in range(tries - 1):
        with suppress(StoreUnavailableError):
            wire.probe([("PING",)])
            return
    wire.probe([("PING",)])
