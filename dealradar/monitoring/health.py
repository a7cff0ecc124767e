"""Whether each server that is depended on answers just now, and how fast."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

log = structlog.get_logger(__name__)


class Readiness(StrEnum):
    """Whether requests should be sent here."""

    READY = "ready"
    DEGRADED = "degraded"
    """Serving goes on, without the cache or without background work."""
    DOWN = "down"


@dataclass(frozen=True)
class Dependency:
    """A server that is depended on: a question that raises when it doesn't answer, and whether all hangs on it."""

    name: str
    ask: Callable[[], object]
    is_vital: bool


@dataclass(frozen=True)
class Finding:
    """What asking found."""

    name: str
    is_up: bool
    is_vital: bool
    latency_s: float
    error: str | None = None


def examine(dependency: Dependency) -> Finding:
    """Ask *dependency* and return how it went; never raises."""
    started_s = time.monotonic()
    error = None
    try:
        dependency.ask()
    except Exception as fault:  # noqa: BLE001  whatever a driver raises, here it means that the server isn't there
        error = f"{type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else ''}".rstrip(": ")
        log.warning("dependency_down", dependency=dependency.name, error=error)
    return Finding(dependency.name, error is None, dependency.is_vital, time.monotonic() - started_s, error)


def judge(findings: list[Finding]) -> Readiness:
    """Return whether requests should be sent here, given *findings*."""
    down = [finding for finding in findings if not finding.is_up]
    if any(finding.is_vital for finding in down):
        return Readiness.DOWN
    return Readiness.DEGRADED if down else Readiness.READY
