"""What comes up most often in a stream of names, in bounded memory and at no great cost for each."""

from collections import Counter
from statistics import median_low


class Frequent:
    """Counts names; of more than *most* of them it forgets those that came up least.

    Whenever there are too many, the median of all counts is taken off each, and who has nothing left is forgotten:
    half of them at least, so that a name costs constant time on average. A count is never too high, and too low by no
    more than twice what was counted in all, divided by *most* (Anderson et al., "A High-Performance Algorithm for
    Identifying Frequent Items in Data Streams", IMC 2017, §2). Not for several threads at once.
    """

    def __init__(self, most: int) -> None:
        self.counts: Counter[str] = Counter()
        self._most = most

    def add(self, name: str, count: int = 1) -> None:
        """Count *name* *count* times more."""
        self.counts[name] += count
        if len(self.counts) > self._most:
            self._make_room()

    def _make_room(self) -> None:
        least = median_low(self.counts.values())
        self.counts = Counter({name: count - least for name, count in self.counts.items() if count > least})
