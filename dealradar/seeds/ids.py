"""The ids of the rows of each table, from 1."""

from collections import defaultdict
from itertools import count


class Ids:
    """Gives each kind of row its next id."""

    def __init__(self) -> None:
        self._next: defaultdict[type, count[int]] = defaultdict(lambda: count(1))

    def take(self, kind: type) -> int:
        """Return the id of the next row of that kind."""
        return next(self._next[kind])
