"""One lane for the threads of a server: what they are asked while it is busy is answered together, right after."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock

from dealradar.fastlane.heads import Head
from dealradar.fastlane.lane import ELSEWHERE, Lane, Outcome
from dealradar.ratelimit.recollection import Tally


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Request:
    """A request by *peer*, and what became of it; None is that nobody has seen to it yet.

    Its thread waits for *called*, which is released when there is an outcome, or when it is to see to all.
    """

    head: Head
    peer: str
    outcome: Outcome | None = None
    called: Lock = field(default_factory=_held)


class Desk:
    """Where threads have their requests answered by *lane*, which one of them works for all who wait."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._working = Lock()
        self._queueing = Lock()
        self._waiting: list[_Request] = []
        self._is_led = False

    def ask(self, head: Head, peer: str) -> Outcome:
        """Return what becomes of the request that *peer* sends with *head*."""
        mine = _Request(head, peer)
        with self._queueing:
            self._waiting.append(mine)
            is_led, self._is_led = self._is_led, True
        if is_led:
            mine.called.acquire()
        if mine.outcome is None:
            self._lead(mine)
        return mine.outcome or ELSEWHERE

    def counted(self, tallies: Mapping[str, Tally]) -> AbstractContextManager[None]:
        """See `Lane.counted`."""
        return self._lane.counted(tallies)

    def tell(self) -> None:
        """Tell what was answered, once a second at most."""
        with self._working:
            self._lane.tick()

    def close(self) -> None:
        """Tell what is left to be told."""
        with self._working:
            self._lane.close()

    def _lead(self, mine: _Request) -> None:
        """See to all who wait, *mine* among them; who has come meanwhile sees to the next."""
        with self._queueing:
            here, self._waiting = self._waiting, []
        try:
            with self._working:
                self._see_to(here)
        finally:
            with self._queueing:
                following = self._waiting[:1]
                self._is_led = bool(following)
            for each in (*following, *here):
                if each is not mine:
                    each.called.release()

    def _see_to(self, here: Sequence[_Request]) -> None:
        for each in here:
            each.outcome = ELSEWHERE
        askings = [(each, self._lane.understand(each.head, each.peer)) for each in here]
        plain = [(each, asking) for each, asking in askings if asking is not None]
        if plain:
            outcomes = self._lane.answer([asking for _, asking in plain])
            for (each, _), outcome in zip(plain, outcomes, strict=True):
                each.outcome = outcome
        self._lane.tick()
