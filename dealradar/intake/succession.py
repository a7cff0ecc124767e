"""Who serves while a reload replaces the workers: the former ones, until all of the new ones can (ADR 0049).

gunicorn tells the former to stop as soon as it has forked the new ones, which need seconds to load the application.
"""

import struct
from mmap import mmap
from typing import Final

_SLOTS: Final = 256
"""More than there are workers of two generations, so that no two of those that count share one."""
_LAST_AGE: Final = struct.Struct("Q")
_STOPPING: Final = _LAST_AGE.size
_READY: Final = _STOPPING + 1


class Succession:
    """What the master and its workers know of each other, in memory that they share: made before any is forked.

    A worker's *age* is gunicorn's: its number, counted up from 1 over all that were ever forked.
    """

    def __init__(self) -> None:
        self._board = mmap(-1, _READY + _SLOTS)

    def begin(self, last_age: int) -> None:
        """Have all workers up to *last_age* be replaced."""
        self._board[:] = bytes(len(self._board))
        _LAST_AGE.pack_into(self._board, 0, last_age)

    def be_ready(self, age: int) -> None:
        """Take note that the worker of that *age* can serve."""
        self._board[_READY + age % _SLOTS] = 1

    def needs(self, age: int, *, workers: int) -> bool:
        """Return whether the worker of that *age*, told to stop, has to serve on: fewer than *workers* new ones can.

        One that isn't being replaced is told so because all are to stop, and then nobody waits for anybody.
        """
        (last_age,) = _LAST_AGE.unpack_from(self._board)
        if age > last_age:
            self._board[_STOPPING] = 1
        return not self._board[_STOPPING] and sum(self._board[_READY:]) < workers


SUCCESSION: Final = Succession()
"""Of the master that has imported this, and its workers."""
