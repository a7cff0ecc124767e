"""The families of metrics that are ours, and how all are exposed; HTTP's own are in `http_measures`.

Several processes serve one site: with ``PROMETHEUS_MULTIPROC_DIR`` set, what is read is the sum of them all.
"""

import os
from collections.abc import Iterable
from typing import Final

from flask import Flask
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dealradar.cache import Event
from dealradar.monitoring import http_measures

RESPONSES: Final = Counter(
    "dealradar_cache_responses", "Answers of cacheable endpoints by how they were come by.", ("endpoint", "result")
)
OPERATIONS: Final = Counter(
    "dealradar_cache_operations", "What was asked of the cache store, and how it ended.", ("operation", "outcome")
)
OPERATION_SECONDS: Final = Histogram(
    "dealradar_cache_operation_duration_seconds",
    "How long the cache store took.",
    ("operation",),
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)


def observe(event: Event) -> None:
    """Count what the cache store did."""
    OPERATIONS.labels(event.did, event.outcome).inc()
    OPERATION_SECONDS.labels(event.did).observe(event.duration_s)


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
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY, http_measures.registry_of(app)
    summed = CollectorRegistry()
    MultiProcessCollector(summed)  # type: ignore[no-untyped-call]  # the library has no types here
    return (summed,)
