"""Whether each server that is depended on answers just now, and how fast."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswerError
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import structlog

PATIENCE_S: Final = 2.0
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


@dataclass
class Examiner:
    """Asks all at once and waits a bounded time: a hung server must not hang who asks about it.

    One that still owes the last answer isn't asked again, so that it holds one thread, however often it is examined.
    """

    dependencies: Sequence[Dependency]
    patience_s: float = PATIENCE_S
    _pool: ThreadPoolExecutor = field(init=False)
    _asked: dict[str, Future[object]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(len(self.dependencies), thread_name_prefix="examiner")

    def examine(self) -> list[Finding]:
        """Return what each dependency does; never raises, and takes no longer than *patience_s*."""
        began_s = time.monotonic()
        asked = [(dependency, self._ask(dependency)) for dependency in self.dependencies]
        return [self._finding(dependency, question, began_s=began_s) for dependency, question in asked]

    def _ask(self, dependency: Dependency) -> Future[object]:
        last = self._asked.get(dependency.name)
        if last is None or last.done():
            self._asked[dependency.name] = self._pool.submit(dependency.ask)
        return self._asked[dependency.name]

    def _finding(self, dependency: Dependency, question: Future[object], *, began_s: float) -> Finding:
        error = None
        try:
            question.result(max(0.0, began_s + self.patience_s - time.monotonic()))
        except NoAnswerError:
            error = f"no answer within {self.patience_s:g} s"
        except Exception as fault:  # noqa: BLE001  whatever a driver raises, here it means that the server isn't there
            error = _in_a_line(fault)
        if error is not None:
            log.warning("dependency_down", dependency=dependency.name, error=error)
        return Finding(dependency.name, error is None, dependency.is_vital, time.monotonic() - began_s, error)


def judge(findings: Sequence[Finding]) -> Readiness:
    """Return whether requests should be sent here, given *findings*."""
    down = [finding for finding in findings if not finding.is_up]
    if any(finding.is_vital for finding in down):
        return Readiness.DOWN
    return Readiness.DEGRADED if down else Readiness.READY


def _in_a_line(fault: Exception) -> str:
    lines = str(fault).splitlines()
    return f"{type(fault).__name__}: {lines[0]}" if lines else type(fault).__name__
