"""What has been measured so far, to be looked at before and after."""

from prometheus_client import REGISTRY, CollectorRegistry

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples_of(registry: CollectorRegistry = REGISTRY) -> Samples:
    """Return the samples in *registry* by their names and labels, but for when they began."""
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in registry.collect()
        for one in family.samples
        if not one.name.endswith("_created")
    }


class Since:
    """How much has been measured since this was made, in *registry*."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._registry = registry
        self._before = samples_of(registry)

    def __call__(self, name: str, **labels: str) -> float:
        """Return by how much the sample *name* with just these *labels* has grown."""
        sample = (name, frozenset(labels.items()))
        return samples_of(self._registry).get(sample, 0.0) - self._before.get(sample, 0.0)
