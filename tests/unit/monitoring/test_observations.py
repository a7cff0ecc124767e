import pytest
from prometheus_client import CollectorRegistry, Histogram

from dealradar.monitoring.observations import Observed, add

BOUNDS = (0.1, 1.0)


def samples_of(registry: CollectorRegistry) -> list[tuple[str, dict[str, str], float]]:
    return [
        (one.name, one.labels, one.value)
        for family in registry.collect()
        for one in family.samples
        if not one.name.endswith("_created")
    ]


@pytest.mark.parametrize("values", [[], [0.1], [0.05, 0.1, 0.5, 1.0, 7.0]])
def test_many_at_once_are_what_they_would_be_one_by_one(values: list[float]) -> None:
    at_once, singly = CollectorRegistry(), CollectorRegistry()
    bulk, one_by_one = (Histogram("a", "b", registry=registry, buckets=BOUNDS) for registry in (at_once, singly))

    add(bulk, Observed.of(values, BOUNDS))
    for value in values:
        one_by_one.observe(value)

    assert samples_of(at_once) == samples_of(singly)


def test_counts_of_other_buckets_are_refused() -> None:
    histogram = Histogram("a", "b", registry=CollectorRegistry(), buckets=BOUNDS)

    with pytest.raises(ValueError, match="4 counts don't fit a histogram of 3 buckets"):
        add(histogram, Observed((1, 0, 0, 0), 0.1))
