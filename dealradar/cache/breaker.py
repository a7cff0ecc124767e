"""Stops asking a store that doesn't answer, and finds out by itself when it does again."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Final


class Phase(StrEnum):
    """Whether questions pass (closed), don't (open), or one is on its way to find out (half open)."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures in a row open a breaker, and for how long at first and at most."""

    failures: int = 3
    open_s: float = 0.5
    open_max_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of a breaker; its times are of the monotonic clock.

    *opened_at_s* is when it left the closed phase, *retry_at_s* when the next probe may pass, *open_s* how long it
    waits for that. *last_error* stays readable after it has closed.
    """

    phase: Phase = Phase.CLOSED
    failures: int = 0
    opened_at_s: float | None = None
    retry_at_s: float = 0.0
    open_s: float = 0.0
    last_error: str | None = None


_PASS: Final = True
_STOP: Final = False


def ask(circuit: Circuit, *, now_s: float) -> tuple[bool, Circuit]:
    """Return whether a question may pass now, and the state after it.

    A probe pushes the next one off by the full wait. Hence exactly one passes at a time, and one whose thread died
    without a report is replaced instead of keeping the breaker half open for ever.
    """
    if circuit.phase is Phase.CLOSED:
        return _PASS, circuit
    if now_s < circuit.retry_at_s:
        return _STOP, circuit
    return _PASS, replace(circuit, phase=Phase.HALF_OPEN, retry_at_s=now_s + circuit.open_s)


def succeed(circuit: Circuit) -> Circuit:
    """Return the state after an answer: closed, with nothing held against the store."""
    if circuit.phase is Phase.OPEN:
        return circuit  # a straggler from before it opened; only a probe closes it
    return Circuit(last_error=circuit.last_error)


def fail(circuit: Circuit, patience: Patience, *, now_s: float, error: str) -> Circuit:
    """Return the state after a failure: open once it was one too many, for twice as long when a probe failed."""
    seen = replace(circuit, failures=circuit.failures + 1, last_error=error)
    if circuit.phase is Phase.OPEN:
        return seen  # a straggler from before it opened
    if circuit.phase is Phase.CLOSED and seen.failures < patience.failures:
        return seen
    open_s = min(circuit.open_s * 2, patience.open_max_s) if circuit.phase is Phase.HALF_OPEN else patience.open_s
    opened_at_s = now_s if circuit.opened_at_s is None else circuit.opened_at_s
    return replace(seen, phase=Phase.OPEN, opened_at_s=opened_at_s, retry_at_s=now_s + open_s, open_s=open_s)


def distrust(circuit: Circuit, *, now_s: float, error: str) -> Circuit:
    """Return the state after it turned out that answers can't be relied on: open.

    A probe that is under way has come too early and no longer closes it.
    """
    opened_at_s = now_s if circuit.opened_at_s is None else circuit.opened_at_s
    return replace(circuit, phase=Phase.OPEN, opened_at_s=opened_at_s, last_error=error)


class Breaker:
    """A circuit that threads share. *on_change* hears of each new phase, outside the lock."""

    def __init__(
        self,
        patience: Patience,
        *,
        on_change: Callable[[Circuit], None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._on_change = on_change
        self._clock_s = clock_s
        self._circuit = Circuit()
        self._lock = Lock()

    @property
    def circuit(self) -> Circuit:
        """The state as it is now."""
        return self._circuit

    def allows(self) -> bool:
        """Return whether the store may be asked; who got a yes reports `succeeded` or `failed`."""
        if self._circuit.phase is Phase.CLOSED:  # no lock where everything is well: reading one attribute is atomic
            return _PASS
        with self._lock:
            before = self._circuit
            passes, after = ask(before, now_s=self._clock_s())
            self._circuit = after
        self._tell(before, after)
        return passes

    def succeeded(self) -> bool:
        """Take note that the store answered; return whether the answer may be relied on."""
        if self._circuit.failures:
            self._change(succeed)
        return True

    def failed(self, error: str) -> None:
        """Take note that the store didn't answer, and why."""
        self._change(lambda circuit: fail(circuit, self._patience, now_s=self._clock_s(), error=error))

    def mend(self) -> None:
        """Close, since the store answered a probe that was sent past the breaker."""
        if self._circuit.failures:
            self._change(lambda circuit: Circuit(last_error=circuit.last_error))

    def _change(self, following: Callable[[Circuit], Circuit]) -> None:
        with self._lock:
            before = self._circuit
            self._circuit = after = following(before)
        self._tell(before, after)

    def _tell(self, before: Circuit, after: Circuit) -> None:
        if after.phase is not before.phase:
            self._on_change(after)
