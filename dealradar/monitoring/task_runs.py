"""What is known of a background task when it is over: counted, timed, and told to the log in one line."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from prometheus_client import Counter, Gauge, Histogram

from dealradar.monitoring import spending

RUNS: Final = Counter("dealradar_task_runs", "Background tasks that were run, and how they ended.", ("task", "outcome"))
SECONDS: Final = Histogram(
    "dealradar_task_duration_seconds",
    "How long background tasks took.",
    ("task",),
    buckets=(0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 300.0),
)
LAST_RUN: Final = Gauge(
    "dealradar_task_last_run_timestamp_seconds",
    "When a background task ended last, in Unix time.",
    multiprocess_mode="max",
)
EVENT: Final = "task"
log = structlog.get_logger(__name__)


@dataclass
class Run:
    """One run; *result* is what the task returned, mostly how many things it did."""

    result: Any = None


@contextmanager
def noted(task: str, ids: dict[str, str]) -> Iterator[Run]:
    """Count and log what the block does as a run of *task*, with *ids* on each of its lines.

    One that found nothing to do is for who debugs alone: some look each second. Whatever the block raises passes
    through.
    """
    run, began_s, outcome = Run(), time.perf_counter(), "failed"
    with structlog.contextvars.bound_contextvars(**ids), spending.counted() as spent:
        try:
            yield run
            outcome = "done"
        finally:
            duration_s = time.perf_counter() - began_s
            RUNS.labels(task, outcome).inc()
            SECONDS.labels(task).observe(duration_s)
            LAST_RUN.set(time.time())
            tell = log.debug if outcome == "done" and not run.result else log.info
            tell(
                EVENT,
                task=task,
                outcome=outcome,
                result=run.result,
                duration_s=round(duration_s, 6),
                statements=spent.statements,
                database_s=round(spent.database_s, 6),
            )
