"""Whose turn it is to compute an answer that isn't there: one thread of a process, one process of all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock

from dealradar.cache import Lease, Leases, Trouble, Woken
from dealradar.httpcache.measures import WAITING


class Role(StrEnum):
    """What somebody who found nothing is to do."""

    LEAD = "lead"
    """Compute it; everybody else waits for that."""
    FOLLOW = "follow"
    """Look again: another one has stored it."""
    ALONE = "alone"
    """Compute it and wait for nobody: it took too long, came to nothing, or the store can't be asked."""


@dataclass
class Turn:
    """A role; who has computed says whether it was *stored*, and whether the *lease* was given back with that."""

    role: Role
    stored: bool = False
    lease: Lease | None = None
    is_given_back: bool = False

    @property
    def needs_no_look(self) -> bool:
        """Whether nobody can have stored anything since the last look."""
        return self.role is Role.ALONE or (self.lease is not None and self.lease.is_first)

    @property
    def leaves_something(self) -> bool:
        """Whether who waits finds something when this turn is over."""
        return self.stored or self.role is Role.FOLLOW


@dataclass(frozen=True)
class _Flight:
    """The turn of a process's first thread, which its others wait for."""

    turn: Turn = field(default_factory=lambda: Turn(Role.ALONE))
    landed: Event = field(default_factory=Event)


class Flights:
    """Whose turn it is at each key: in this process, and through *leases* among all."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._flights: dict[str, _Flight] = {}
        self._lock = Lock()

    @contextmanager
    def turn(self, key: str, *, deadline_s: float) -> Iterator[Turn]:
        """Give the caller's turn at *key*, after waiting for others until *deadline_s* of the monotonic clock."""
        mine = _Flight()
        with self._lock:
            flight = self._flights.setdefault(key, mine)
        if flight is not mine:
            yield _turn_after(flight, deadline_s)
            return
        try:
            with self._turn_among_processes(key, deadline_s) as turn:
                yield turn
            mine.turn.stored = turn.leaves_something
        finally:
            with self._lock:
                del self._flights[key]
            mine.landed.set()

    @contextmanager
    def _turn_among_processes(self, key: str, deadline_s: float) -> Iterator[Turn]:
        lease = self._take(key, deadline_s)
        if not isinstance(lease, Lease):
            yield Turn(lease)
            return
        turn = Turn(Role.LEAD, lease=lease)
        try:
            yield turn
        finally:
            if not turn.is_given_back:
                self._leases.give_back(lease, stored=turn.stored)

    def _take(self, key: str, deadline_s: float) -> Lease | Role:
        while True:
            found = self._leases.take(key)
            if isinstance(found, Lease):
                return found
            left_s = deadline_s - time.monotonic()
            if isinstance(found, Trouble) or left_s <= 0:
                return Role.ALONE
            with WAITING.track_inprogress():
                woken = self._leases.wait(found, at_most_s=left_s)
            if woken is not Woken.TIMED_OUT:
                return Role.FOLLOW if woken is Woken.STORED else Role.ALONE


def _turn_after(flight: _Flight, deadline_s: float) -> Turn:
    with WAITING.track_inprogress():
        has_landed = flight.landed.wait(max(0.0, deadline_s - time.monotonic()))
    return Turn(Role.FOLLOW if has_landed and flight.turn.stored else Role.ALONE)
