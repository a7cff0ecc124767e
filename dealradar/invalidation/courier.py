"""Tells the workers which transactions are paid, from a thread of its own, so that no request waits for the broker."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Lock, Thread
from time import sleep
from typing import Final

import structlog

from dealradar.extensions import celery
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import MESSAGES
from dealradar.jobs import REQUEST_IDS, Job, ask_for

Paid = tuple[int, int]
"""A transaction, and the least urgent kind of what it owed that is paid."""

MAX_WAITING: Final = 10_000
MAX_A_MESSAGE: Final = 1_000
MAX_REQUEST_IDS: Final = 10
"""How many of the requests that a message follows from it names, for the log."""
GATHER_S: Final = 0.2
"""So long it waits for more to say: a message costs a task, a transaction and a statement, however much it says. It is
well below what the sweep leaves to whoever wrote (`sweeping.OLDER_THAN_S`)."""
PAUSE_AFTER_FAILURE_S: Final = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    """A transaction that is paid, and the request that it was part of, if it was one."""

    paid: Paid
    request_id: str | None


class Courier:
    """Sends what it is told with *send*, as much at a time as has come together.

    It promises nothing: what it can't send is dropped and counted, and the sweep finds it in the outbox.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Paid]], None],
        *,
        gather_s: float = GATHER_S,
        pause_s: float = PAUSE_AFTER_FAILURE_S,
    ) -> None:
        self._send = send
        self._gather_s = gather_s
        self._pause_s = pause_s
        self.forget()

    def forget(self) -> None:
        """Be as new: a forked child has neither its parent's thread nor a lock that anybody will release."""
        self._lock = Lock()
        self._waiting: Queue[_Told] = Queue(MAX_WAITING)
        self._thread: Thread | None = None

    def tell(self, transaction_id: int, kind: Kind) -> None:
        """Have the workers told that the transaction is paid, what is as urgent as *kind* or more; returns at once."""
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        try:
            self._waiting.put_nowait(_Told((transaction_id, kind), request_id))
        except Full:
            MESSAGES.labels("dropped").inc()
            return
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            with structlog.contextvars.bound_contextvars(**_request_ids(batch)):
                self._deliver([told.paid for told in batch])

    def _deliver(self, paid: Sequence[Paid]) -> None:
        try:
            self._send(paid)
        except Exception as error:  # noqa: BLE001  the thread must outlive whatever the broker's client raises
            MESSAGES.labels("dropped").inc(len(paid))
            log.warning("broker_unavailable", error=f"{type(error).__name__}: {error}", dropped=len(paid))
            sleep(self._pause_s)
        else:
            MESSAGES.labels("sent").inc(len(paid))

    def _next_batch(self) -> list[_Told]:
        batch = [self._waiting.get()]
        sleep(self._gather_s)
        while len(batch) < MAX_A_MESSAGE:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch


def _request_ids(batch: Sequence[_Told]) -> dict[str, str]:
    """Return what the log's lines of *batch*, here and where it is worked on, say of who asked."""
    ids = dict.fromkeys(told.request_id for told in batch if told.request_id is not None)
    return {REQUEST_IDS: " ".join([*ids][:MAX_REQUEST_IDS])} if ids else {}


def _ask_workers(paid: Sequence[Paid]) -> None:
    ask_for(celery, Job.DELIVER_INVALIDATIONS, paid)


courier: Final = Courier(_ask_workers)
os.register_at_fork(after_in_child=courier.forget)
