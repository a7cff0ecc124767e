"""What was answered, counted: for one second, or for all of them together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, NamedTuple

from scripts.load.histogram import Histogram

CUT: Final = 0
"""The status of what wasn't answered."""
_GOOD: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_STORED: Final = frozenset({"HIT", "STALE"})
_LOOKED_UP: Final = _STORED | {"MISS"}


class Kind(NamedTuple):
    """Answers that are alike: to whom, of which endpoint, with which ``X-Cache`` (or "-") and status."""

    crowd: str
    endpoint: str
    x_cache: str
    status: int

    @property
    def is_good(self) -> bool:
        """Whether they were what was asked for."""
        return self.status in _GOOD

    @property
    def is_stored(self) -> bool:
        """Whether they came out of the store."""
        return self.x_cache in _STORED

    @property
    def is_looked_up(self) -> bool:
        """Whether the store was asked for them."""
        return self.x_cache in _LOOKED_UP


Chosen = Callable[[Kind], bool]


def _each(_kind: Kind) -> bool:
    return True


@dataclass
class Tally:
    """Answers by their kind: how many, how long they took, and their bodies' bytes in all."""

    durations: defaultdict[Kind, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    body_bytes: int = 0

    def add(self, kind: Kind, *, duration_us: int, body_bytes: int) -> None:
        """Count an answer."""
        self.durations[kind].add(duration_us)
        self.body_bytes += body_bytes

    def merge(self, other: "Tally") -> None:
        """Count all that *other* has counted."""
        for kind, histogram in other.durations.items():
            self.durations[kind].merge(histogram)
        self.body_bytes += other.body_bytes

    def count(self, chosen: Chosen = _each) -> int:
        """Return how many answers are of the *chosen* kinds."""
        return sum(histogram.total for kind, histogram in self.durations.items() if chosen(kind))

    def taken(self, chosen: Chosen = _each) -> Histogram:
        """Return how long answers of the *chosen* kinds took."""
        together = Histogram()
        for kind, histogram in self.durations.items():
            if chosen(kind):
                together.merge(histogram)
        return together

    def hit_ratio(self, chosen: Chosen = _each) -> float | None:
        """Return the share of lookups that the store answered, None where there was none."""
        lookups = self.count(lambda kind: kind.is_looked_up and chosen(kind))
        return self.count(lambda kind: kind.is_stored and chosen(kind)) / lookups if lookups else None

    def endpoints(self) -> Counter[str]:
        """Return how many answers each endpoint gave."""
        return Counter(
            {endpoint: self.count(of_endpoint(endpoint)) for endpoint in {kind.endpoint for kind in self.durations}}
        )

    def wrong(self) -> Counter[tuple[str, int]]:
        """Return how often each endpoint answered with an error, by status."""
        wrong: Counter[tuple[str, int]] = Counter()
        for kind, histogram in self.durations.items():
            if not kind.is_good:
                wrong[kind.endpoint, kind.status] += histogram.total
        return wrong


def together(tallies: Iterable[Tally]) -> Tally:
    """Return all of them as one."""
    whole = Tally()
    for tally in tallies:
        whole.merge(tally)
    return whole


def of_endpoint(endpoint: str) -> Chosen:
    """Return what chooses the answers of *endpoint*."""
    return lambda kind: kind.endpoint == endpoint
