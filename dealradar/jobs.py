"""What runs in the background: its names, known to those who ask for it and to those who do it, and how to ask."""

from enum import StrEnum
from typing import Any, Final

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

TASK_TIMEOUT_S: Final = 300
GRACE_S: Final = 30
BROKER_TIMEOUT_S: Final = 5
REQUEST_IDS: Final = "request_ids"
"""The header of a message, and the field of the log's lines, that names the requests a task follows from."""


class Job(StrEnum):
    """One kind of background task; the value is its name on the broker."""

    DELIVER_INVALIDATIONS = "invalidation.deliver"
    TELL_TARGET = "invalidation.tell"
    SWEEP_INVALIDATIONS = "invalidation.sweep"
    WORK_ON_CACHE = "cache.work"
    SAMPLE_CACHE = "cache.sample"
    LEARN_DEMAND = "cache.learn_demand"
    SEE_BEAT = "monitoring.see_beat"
    TIDY_READINGS = "monitoring.tidy_readings"
    CLOSE_ENDED_DEALS = "deals.close_ended"
    FORGET_TOKENS = "users.forget_tokens"
    FORGET_MAILS = "mail.forget"
    REFRESH_REPUTATIONS = "users.refresh_reputations"


class BrokerUnavailableError(Exception):
    """The broker didn't take the message: nobody has been asked to do the job."""


def configure(celery: Celery, *, broker_url: str) -> None:
    """Tie *celery* to the broker at *broker_url*.

    A task may be run twice, and none may take longer than `TASK_TIMEOUT_S`. Results are kept nowhere.
    """
    celery.conf.update(
        # Both, since over a mere broker_url Celery prefers what it finds in the environment.
        broker_read_url=broker_url,
        broker_write_url=broker_url,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker that gave up would have to be missed by somebody
        broker_transport_options={
            # A connection that died without a word is noticed, at both ends; without these, never.
            "socket_timeout": BROKER_TIMEOUT_S,
            "socket_connect_timeout": BROKER_TIMEOUT_S,
            "health_check_interval": BROKER_TIMEOUT_S,
            # Who publishes tries once, whoever asked for the job can do without it.
            "max_retries": 0,
            # Longer than any task, or one that is being worked on would be given to another worker.
            "visibility_timeout": 2 * TASK_TIMEOUT_S,
        },
        enable_utc=True,
        timezone="UTC",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=TASK_TIMEOUT_S - GRACE_S,
        task_time_limit=TASK_TIMEOUT_S,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
    )


def ask_for(celery: Celery, job: Job, *arguments: Any) -> None:  # noqa: ANN401  whatever JSON carries
    """Put *job* in the queue, once and without retrying.

    Raises:
        BrokerUnavailableError: The broker can't be reached, or doesn't answer within `BROKER_TIMEOUT_S`.
    """
    try:
        celery.send_task(job, args=arguments, retry=False, headers=_headers())
    except OperationalError as error:
        raise BrokerUnavailableError(str(error)) from error


def _headers() -> dict[str, str]:
    """Return what a task's log lines are to say of who asked: the request at hand, or those it followed from itself."""
    known = structlog.contextvars.get_contextvars()
    asked_by = known.get("request_id") or known.get(REQUEST_IDS)
    return {REQUEST_IDS: asked_by} if asked_by else {}
