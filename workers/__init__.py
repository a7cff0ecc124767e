"""What runs in the background: tasks without logic, each one call in the application's context, and when they run."""

import logging
from typing import Any, Final

from celery import Celery, Task
from celery.signals import worker_process_init
from flask import Flask

from dealradar import background
from dealradar.extensions import db
from workers import cache, deals, invalidation, users  # noqa: F401  importing them is what makes their tasks known
from workers.schedule import SCHEDULE

CHATTY: Final = ("celery.app.trace", "celery.worker.strategy", "celery.beat")
"""Whose log lines, several for each task, would drown what matters: one task runs each second."""


def register(app: Flask, celery: Celery) -> None:
    """Let *celery* run our tasks, each in a context of *app*, when the schedule says so."""

    class TaskInContext(Task):  # type: ignore[type-arg]  # at run time it takes no parameters
        def __call__(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  whatever the task takes
            with app.app_context():
                return self.run(*arguments, **options)

    def begin_process(**_: Any) -> None:  # noqa: ANN401  what the signal tells besides
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)  # the connections are the parent's
        background.begin_working(app)

    celery.task_cls = TaskInContext  # type: ignore[assignment]  # its stubs know only of the class's name
    celery.conf.beat_schedule = {
        each.job: {"task": each.job, "schedule": each.every_s, "options": {"expires": each.expires_s}}
        for each in SCHEDULE
    }
    worker_process_init.connect(begin_process, weak=False)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
