"""Everything that is measured, as Prometheus reads it.

Several processes serve one site: with ``PROMETHEUS_MULTIPROC_DIR`` set, what is read is the sum of them all.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final

from flask import Flask
from prometheus_client import REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from dealradar.monitoring import http_measures, multiprocess

OPENMETRICS_VERSION: Final = "1.0.0"


class Form(StrEnum):
    """How measures may be written; the value is the media type, as it is asked for and answered."""

    PROMETHEUS = "text/plain; version=0.0.4"
    OPENMETRICS = f"application/openmetrics-text; version={OPENMETRICS_VERSION}"
    """With exemplars, where one process serves the site: the library keeps none for several."""


_ENCODERS: Final = MappingProxyType[Form, Callable[[Collector], bytes]](
    {
        Form.PROMETHEUS: generate_latest,
        Form.OPENMETRICS: partial(openmetrics.generate_latest, version=OPENMETRICS_VERSION),
    }
)


OFFERED: Final = MappingProxyType({name: form for form in Form for name in (form.value, form.partition(";")[0])})
"""Media types, with their versions and without, and the form that each is."""


class _Everything(Collector):
    """Families as a registry wants them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def exposition(app: Flask, read: Iterable[Metric] = (), *, form: Form = Form.PROMETHEUS) -> bytes:
    """Return everything measured, of all processes, and what was *read* just now, written in *form*."""
    return _ENCODERS[form](_Everything([*families(app), *read]))


def families(app: Flask) -> list[Metric]:
    """Return everything measured, of all processes; what several registries have, such as the interpreter's, once."""
    found = {family.name: family for registry in _registries(app) for family in registry.collect()}
    return list(found.values())


def _registries(app: Flask) -> tuple[CollectorRegistry, ...]:
    if not multiprocess.is_shared():
        return REGISTRY, http_measures.registry_of(app)
    summed = CollectorRegistry()
    MultiProcessCollector(summed)  # type: ignore[no-untyped-call]  # the library has no types here
    return (summed,)
