"""What runs in the background: tasks without logic, each one call in the application's context, and when they run."""

import logging
from typing import Any, Final

from celery import Celery, Task
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown
from flask import Flask

from dealradar import background, jobs
from dealradar.extensions import db
from dealradar.monitoring import multiprocess, task_runs
from workers import (  # noqa: F401  importing them is what makes their tasks known
    cache,
    deals,
    invalidation,
    mail,
    monitoring,
    users,
)
from workers.schedule import SCHEDULE

CHATTY: Final = ("celery.app.trace", "celery.worker.strategy", "celery.beat")
"""Whose log lines, several for each task, would drown what matters: one task runs each second."""


def register(app: Flask, celery: Celery) -> None:
    """Let *celery* run our tasks, each in a context of *app*, when the schedule says so."""

    class TaskInContext(Task):  # type: ignore[type-arg]  # at run time it takes no parameters
        def __call__(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  whatever the task takes
            with app.app_context(), task_runs.noted(self.name, _ids(self.request)) as run:
                run.result = self.run(*arguments, **options)
                return run.result

    def begin_process(**_: Any) -> None:  # noqa: ANN401  what the signal tells besides
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)  # the connections are the parent's
        multiprocess.forget_dead()  # also whom this process takes the place of
        background.begin_working(app)

    def end_process(pid: int, **_: Any) -> None:  # noqa: ANN401  likewise
        background.end(app)
        multiprocess.forget(pid)

    celery.task_cls = TaskInContext  # type: ignore[assignment]  # its stubs know only of the class's name
    celery.conf.beat_schedule = {
        each.job: {"task": each.job, "schedule": each.every_s, "options": {"expires": each.expires_s}}
        for each in SCHEDULE
    }
    setup_logging.connect(_leave_logging_alone, weak=False)
    worker_process_init.connect(begin_process, weak=False)
    worker_process_shutdown.connect(end_process, weak=False)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _leave_logging_alone(**_: Any) -> None:  # noqa: ANN401  what the signal tells
    """Do nothing: that somebody listens keeps Celery from configuring the log, which the application has done."""


def _ids(request: Any) -> dict[str, str]:  # noqa: ANN401  Celery's, without types
    """Return what tells a task from others, and whose requests it follows from, as far as that is known."""
    asked_by = (request.headers or {}).get(jobs.REQUEST_IDS)
    return {"task_id": request.id} | ({jobs.REQUEST_IDS: asked_by} if asked_by else {})
