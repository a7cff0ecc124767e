"""What one process remembers of the shared counters: to go on from while they are away, and to make good afterwards."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final, NamedTuple

MAX_KEYS: Final = 20_000
"""Some five megabytes; whoever has been known for longest is forgotten first."""


class Tally(NamedTuple):
    """What a counter stood at after the present request was counted, and when it starts anew, in seconds since 1970."""

    count: int  # type: ignore[assignment]  # a tuple has a method of that name, which nobody needs
    resets_at_s: float


class Claim(NamedTuple):
    """What a process has to add when it next counts at a shared counter.

    *owed* was counted by this process alone. Before that the counter stood at *at_least*, if it has lost nothing since;
    0 where there is no reason to doubt it. *resets_at_s* is when its window ends, None where none is remembered.
    """

    owed: int = 0
    at_least: int = 0
    resets_at_s: float | None = None


class _Memory(NamedTuple):
    """A count, how much of it the shared counter lacks, and how many outages there had been when that was last seen."""

    tally: Tally
    owed: int
    outages: int


class Recollection:
    """The last count of each key that this process knows of; threads may share it."""

    def __init__(self, max_keys: int = MAX_KEYS, *, clock_s: Callable[[], float] = time.time) -> None:
        self._max_keys = max_keys
        self._clock_s = clock_s
        self._memories: dict[str, _Memory] = {}
        self._outages = 0
        self._lock = Lock()

    def claim(self, key: str) -> Claim:
        """Return what to add to the shared counter of *key*; it is told once, so that no two threads add it."""
        with self._lock:
            memory = self._current(key)
            if memory is None:
                return Claim()
            self._memories[key] = _Memory(memory.tally, owed=0, outages=self._outages)
            is_doubtful = memory.outages < self._outages
        at_least = memory.tally.count - memory.owed if is_doubtful else 0
        return Claim(memory.owed, at_least, memory.tally.resets_at_s)

    def note(self, key: str, tally: Tally) -> None:
        """Remember what the shared counter of *key* stands at."""
        with self._lock:
            memory = self._current(key)
            owed = memory.owed if memory else 0
            self._keep(key, _Memory(Tally(tally.count + owed, tally.resets_at_s), owed, self._outages))

    def count(self, key: str, amount: int, *, lacking: int, window_s: int) -> Tally:
        """Count *amount* more under *key* here, since the shared counters are away; return the new count.

        *lacking* is how much more the shared counter lacks now. A window that begins with it lasts *window_s*.
        """
        with self._lock:
            self._outages += 1
            memory = self._current(key) or _Memory(Tally(0, self._clock_s() + window_s), owed=0, outages=0)
            tally = Tally(memory.tally.count + amount, memory.tally.resets_at_s)
            self._keep(key, _Memory(tally, memory.owed + lacking, outages=0))
        return tally

    def forget(self, key: str) -> None:
        """Remember nothing of *key*."""
        with self._lock:
            self._memories.pop(key, None)

    def _current(self, key: str) -> _Memory | None:
        memory = self._memories.get(key)
        if memory is None or memory.tally.resets_at_s > self._clock_s():
            return memory
        del self._memories[key]
        return None

    def _keep(self, key: str, memory: _Memory) -> None:
        self._memories[key] = memory
        if len(self._memories) > self._max_keys:
            del self._memories[next(iter(self._memories))]
