"""What came of each stage of a load test, and the figures that are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scripts.bench.database import Cost
from scripts.load.crew import Played
from scripts.load.requests import EVERYBODY
from scripts.load.tally import Kind, Tally, together
from scripts.load.vitals import Vitals

ENOUGH: Final = 20
"""Of fewer answers in a second no percentile is taken."""


@dataclass(frozen=True)
class Stage:
    """What *played* came to: all answers as *total*, what the database had to do, and the vitals meanwhile.

    *struck_at_s* is when something was done to the cache in the middle, None where nothing was.
    """

    name: str
    played: Played
    cost: Cost
    vitals: Sequence[Vitals]
    struck_at_s: float | None = None

    @property
    def total(self) -> Tally:
        """Return all answers."""
        return together(self.played.seconds)

    @property
    def requests(self) -> int:
        """Return how many were answered, or should have been."""
        return self.total.count()

    @property
    def rate_per_s(self) -> float:
        """Return how many were answered a second."""
        return self.requests / self.played.duration_s

    @property
    def errors(self) -> int:
        """Return how many were answered with an error or not at all."""
        return self.total.wrong().total()

    @property
    def hit_ratio(self) -> float:
        """Return the share of lookups that the store answered; 0 where nothing was looked up."""
        return self.total.hit_ratio() or 0.0

    @property
    def mean_ms(self) -> float:
        """Return what an answer took on average."""
        return self.total.taken().mean_ms

    @property
    def statements(self) -> float:
        """Return the statements a request cost."""
        return self.cost.statements / max(1, self.requests)

    def recovery_s(self, least: float) -> float | None:
        """Return the seconds after the strike until the hit ratio of a whole second is *least* again, None if never."""
        if self.struck_at_s is None:
            return None
        first = int(self.struck_at_s) + 1
        for number, tally in enumerate(self.played.seconds[first:], first):
            if (tally.hit_ratio() or 0.0) >= least:
                return number + 1 - self.struck_at_s
        return None

    def worst_p99_ms(self) -> float:
        """Return the longest 99th percentile of a second after the strike."""
        after = self.played.seconds[int(self.struck_at_s or 0) :]
        taken = [tally.taken() for tally in after]
        return max((one.percentile_ms(99) for one in taken if one.total >= ENOUGH), default=0.0)

    def of_crowd(self, crowd: str = EVERYBODY) -> Tally:
        """Return the answers to one crowd."""
        of_them = Tally()
        for kind, histogram in self.total.durations.items():
            if kind.crowd == crowd:
                of_them.durations[kind].merge(histogram)
        return of_them


def is_hit(kind: Kind) -> bool:
    """Whether answers of *kind* are hits."""
    return kind.x_cache == "HIT"
