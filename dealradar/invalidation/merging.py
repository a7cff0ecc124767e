"""Invalidates what had to wait, from a thread of its own: many soft invalidations of one tag become one."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Final

import structlog

from dealradar.cache import Deferral, Stale, Store
from dealradar.invalidation.counting import Reason, count
from dealradar.invalidation.courier import courier
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import LAG, MERGED

MAX_WAITING: Final = 10_000
MARGIN_S: Final = 0.01
"""The store counts a gate's life in milliseconds, and by a clock of its own."""

log = structlog.get_logger(__name__)


@dataclass
class Payment:
    """What a transaction, committed at *committed_s* of the monotonic clock, still waits for: so many tags."""

    transaction_id: int
    committed_s: float
    waiting_tags: int


@dataclass(frozen=True)
class _Gate:
    """A tag that was refused at a certain gate of its store."""

    store: Store
    tag: str
    gate: str


@dataclass
class _Turn:
    """When a gate is open again, and who waits for it."""

    due_s: float
    payments: list[Payment] = field(default_factory=list)


class Merger:
    """Invalidates soft tags when they may be again, each once for all who wait, and *tell*s of what is paid then.

    It promises nothing: what it can't do stays owed, and the sweep finds it in the outbox.
    """

    def __init__(self, tell: Callable[[int, Kind], None]) -> None:
        self._tell = tell
        self.forget()

    def forget(self) -> None:
        """Be as new: what a forked child's parent has put off is the parent's to do."""
        self._changed = Condition()
        self._turns: dict[_Gate, _Turn] = {}
        self._thread: Thread | None = None

    def put_off(self, store: Store, deferrals: Sequence[Deferral], transaction_id: int, *, committed_s: float) -> None:
        """Have the tags of *deferrals* invalidated in *store* as soon as they may be; returns at once."""
        payment = Payment(transaction_id, committed_s, len(deferrals))
        now_s = time.monotonic()
        with self._changed:
            if len(self._turns) + len(deferrals) > MAX_WAITING:
                MERGED.labels("owed").inc(len(deferrals))
                return
            for deferral in deferrals:
                gate = _Gate(store, deferral.tag, deferral.gate)
                turn = self._turns.setdefault(gate, _Turn(now_s + deferral.wait_s + MARGIN_S))
                turn.payments.append(payment)
            self._changed.notify()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="merger", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while due := self._next_due():
            for store in {gate.store for gate in due}:
                self._take({gate: turn for gate, turn in due.items() if gate.store is store}, store)

    def _next_due(self) -> dict[_Gate, _Turn]:
        """Wait for the next that are due and return them; nothing when nobody waits, and the thread is over then."""
        with self._changed:
            while self._turns:
                now_s = time.monotonic()
                due = [gate for gate, turn in self._turns.items() if turn.due_s <= now_s]
                if due:
                    return {gate: self._turns.pop(gate) for gate in due}
                self._changed.wait(min(turn.due_s for turn in self._turns.values()) - now_s)
            self._thread = None
            return {}

    def _take(self, turns: Mapping[_Gate, _Turn], store: Store) -> None:
        tags = tuple(dict.fromkeys(gate.tag for gate in turns))
        try:
            refused = {deferral.tag: deferral.gate for deferral in store.invalidate(Stale(soft=tags))}
        except Exception as error:  # noqa: BLE001  the thread must outlive whatever befalls the store
            MERGED.labels("owed").inc(len(turns))
            log.warning("merged_invalidation_owed", error=f"{type(error).__name__}: {error}", tag_count=len(tags))
            return
        count(Reason.MERGED, Kind.SOFT, (tag for tag in tags if tag not in refused))
        for gate, turn in turns.items():
            if refused.get(gate.tag) == gate.gate:  # the clocks disagree
                MERGED.labels("owed").inc()
                continue
            # Refused at another gate: whoever passed that one did so after these were committed, and pays for them.
            MERGED.labels("covered" if gate.tag in refused else "moved").inc()
            self._pay(turn)

    def _pay(self, turn: _Turn) -> None:
        for payment in turn.payments:
            payment.waiting_tags -= 1
            if not payment.waiting_tags:
                LAG.labels(Kind.SOFT.name.lower(), "merged").observe(time.monotonic() - payment.committed_s)
                self._tell(payment.transaction_id, Kind.SOFT)


merger: Final = Merger(courier.tell)
os.register_at_fork(after_in_child=merger.forget)
