"""How late what is due is done, which is the machine's own doing and no site's."""

import asyncio
import time
from typing import Final

_EVERY_S: Final = 0.02


class Stalls:
    """Notes for how long the program itself had to wait for its turn, as its clients had to."""

    def __init__(self) -> None:
        self._longest_s = 0.0

    async def watch(self) -> None:
        """Be woken up all the time, until this is cancelled."""
        while True:
            due_s = time.monotonic() + _EVERY_S
            await asyncio.sleep(_EVERY_S)
            self._longest_s = max(self._longest_s, time.monotonic() - due_s)

    def lap(self) -> float:
        """Return the longest wait, in seconds, since this was asked for the last time."""
        longest_s, self._longest_s = self._longest_s, 0.0
        return longest_s
