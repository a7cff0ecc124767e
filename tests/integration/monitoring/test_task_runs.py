"""Each background task has its line, its counts, and the requests it follows from."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Any, Final

import pytest
import structlog
from celery import Celery
from flask import Flask
from structlog.testing import capture_logs

import workers
from dealradar import jobs
from dealradar.invalidation.courier import Courier, Paid
from dealradar.invalidation.kinds import Kind
from dealradar.jobs import REQUEST_IDS, Job
from dealradar.monitoring import multiprocess, task_runs
from tests.applications import Make
from tests.measuring import Since

PATIENCE_S: Final = 5.0


@pytest.fixture
def celery(app: Flask) -> Iterator[Celery]:
    """Return a Celery of this test's own that has our tasks."""
    own = Celery("own", set_as_current=False)
    workers.register(app, own)
    yield own
    own.close()


def lines_of(logged: list[Any]) -> list[Any]:
    return [line for line in logged if line["event"] == "task"]


def fail() -> None:
    raise RuntimeError("as the test wants it")


def test_a_task_that_did_something_has_a_line_and_is_counted() -> None:
    since = Since()

    with capture_logs() as logged, task_runs.noted("some.task", {"task_id": "1"}) as run:
        run.result = 3

    (line,) = lines_of(logged)
    assert (line["task"], line["outcome"], line["result"], line["log_level"]) == ("some.task", "done", 3, "info")
    assert since("dealradar_task_runs_total", task="some.task", outcome="done") == 1
    assert since("dealradar_task_duration_seconds_count", task="some.task") == 1


def test_one_that_found_nothing_to_do_is_for_who_debugs(make: Make, celery: Celery) -> None:
    make(log_level="debug")

    with capture_logs() as logged:
        celery.tasks[Job.FORGET_TOKENS].apply()

    (line,) = lines_of(logged)
    assert (line["log_level"], line["result"], line["statements"]) == ("debug", 0, 3)


def test_one_that_fails_says_so_and_passes_its_error_on() -> None:
    since = Since()

    with capture_logs() as logged, pytest.raises(RuntimeError), task_runs.noted("some.task", {}):
        fail()

    assert [line["outcome"] for line in lines_of(logged)] == ["failed"]
    assert since("dealradar_task_runs_total", task="some.task", outcome="failed") == 1


def test_a_task_knows_the_request_that_asked_for_it(celery: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict[str, Any]] = []

    @celery.task(name="listening", shared=False)
    def listen() -> None:
        heard.append(structlog.contextvars.get_contextvars())

    monkeypatch.setattr(celery, "send_task", lambda _job, *, headers, **_: listen.apply(headers=headers))

    with structlog.contextvars.bound_contextvars(request_id="order-66-abcdef"):
        jobs.ask_for(celery, Job.FORGET_TOKENS)

    assert heard[0][REQUEST_IDS] == "order-66-abcdef"
    assert heard[0]["task_id"]


def test_what_follows_from_several_requests_names_them() -> None:
    sent: Queue[Any] = Queue()
    is_open = Event()

    def send(paid: Sequence[Paid]) -> None:
        sent.put((paid, structlog.contextvars.get_contextvars()))
        is_open.wait(PATIENCE_S)

    courier = Courier(send)
    courier.tell(1, Kind.STRICT)
    first = sent.get(timeout=PATIENCE_S)

    for transaction_id, request_id in ((2, "first-request"), (3, "second-request"), (4, "first-request")):
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            courier.tell(transaction_id, Kind.STRICT)
    is_open.set()
    paid, known = sent.get(timeout=PATIENCE_S)

    assert first == ([(1, Kind.STRICT)], {})
    assert [transaction_id for transaction_id, _ in paid] == [2, 3, 4]
    assert known == {REQUEST_IDS: "first-request second-request"}


def test_the_gauges_of_the_dead_are_forgotten_and_their_counters_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for pid in (dead.pid, os.getpid()):
        for kind in ("counter", "histogram", "gauge_livesum"):
            (tmp_path / f"{kind}_{pid}.db").touch()
    monkeypatch.setenv(multiprocess.VARIABLE, str(tmp_path))

    multiprocess.forget_dead()

    left = {path.name for path in tmp_path.iterdir()}
    assert f"gauge_livesum_{dead.pid}.db" not in left
    assert left >= {f"counter_{dead.pid}.db", f"histogram_{dead.pid}.db", f"gauge_livesum_{os.getpid()}.db"}
