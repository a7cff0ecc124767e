"""What the cache has done so far, read off the metrics."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import Metric


@dataclass(frozen=True)
class Results:
    """How the answers of cacheable endpoints were come by, since the start."""

    hits: int
    misses: int
    bypasses: int

    @property
    def hit_ratio(self) -> float | None:
        """Return hits among what the cache was asked for, None while it wasn't asked for anything."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


def results(families: Iterable[Metric]) -> dict[str, Results]:
    """Return the results by endpoint."""
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for family in families:
        for sample in family.samples:
            if sample.name == "dealradar_cache_responses_total":
                counts[sample.labels["endpoint"]][sample.labels["result"]] += int(sample.value)
    return {
        endpoint: Results(hits=by["HIT"], misses=by["MISS"], bypasses=by["BYPASS"]) for endpoint, by in counts.items()
    }


def total(by_endpoint: dict[str, Results]) -> Results:
    """Return the sum over all endpoints."""
    every = by_endpoint.values()
    return Results(
        hits=sum(one.hits for one in every),
        misses=sum(one.misses for one in every),
        bypasses=sum(one.bypasses for one in every),
    )
