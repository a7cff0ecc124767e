"""Everything that is measured, as Prometheus reads it.

Several processes serve one site: with ``PROMETHEUS_MULTIPROC_DIR`` set, what is read is the sum of them all.
"""

from collections.abc import Iterable

from flask import Flask
from prometheus_client import REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dealradar.monitoring import http_measures, multiprocess


class _Read(Collector):
    """Families that were read just now, as a registry wants them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def exposition(app: Flask, read: Iterable[Metric] = ()) -> bytes:
    """Return everything measured, of all processes, and what was *read* just now, in Prometheus' text format."""
    just_now = CollectorRegistry()
    just_now.register(_Read(read))
    return b"".join(generate_latest(registry) for registry in (*_registries(app), just_now))


def families(app: Flask) -> Iterable[Metric]:
    """Return everything measured, of all processes."""
    return [family for registry in _registries(app) for family in registry.collect()]


def _registries(app: Flask) -> tuple[CollectorRegistry, ...]:
    if not multiprocess.is_shared():
        return REGISTRY, http_measures.registry_of(app)
    summed = CollectorRegistry()
    MultiProcessCollector(summed)  # type: ignore[no-untyped-call]  # the library has no types here
    return (summed,)
