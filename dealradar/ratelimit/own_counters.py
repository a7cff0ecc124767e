"""The counters where the store is not to be touched: each process's own."""

from threading import Lock
from typing import Any, Final

from limits.storage import MemoryStorage

OWN_SCHEME: Final = "own"
SCHEMES: Final = [OWN_SCHEME]


class OwnCounters(MemoryStorage):
    """The library's counters in memory, one thread at a time.

    Left to itself, two threads that count at once may both start the timer by which it forgets, and the second fails.
    """

    STORAGE_SCHEME = SCHEMES

    def __init__(self, uri: str | None = None, **options: Any) -> None:  # noqa: ANN401  what the library passes on
        self._lock = Lock()
        super().__init__(uri, **options)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Return the count of *key*, *amount* more than before, in a window that, if new, lasts *expiry* seconds."""
        with self._lock:
            return super().incr(key, expiry, amount)
