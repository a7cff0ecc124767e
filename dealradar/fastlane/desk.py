"""One lane for the threads of a server: what they are asked while it is busy is answered together, right after."""

from collections import deque
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock

from dealradar.fastlane.heads import Head
from dealradar.fastlane.lane import ELSEWHERE, Lane, Outcome
from dealradar.ratelimit.recollection import Tally


@dataclass(slots=True)
class _Request:
    """A request by *peer*, and what became of it; None is that nobody has seen to it yet."""

    head: Head
    peer: str
    outcome: Outcome | None = None


class Desk:
    """Where threads have their requests answered by *lane*, which one of them works for all who wait."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._working = Lock()
        self._waiting: deque[_Request] = deque()

    def ask(self, head: Head, peer: str) -> Outcome:
        """Return what becomes of the request that *peer* sends with *head*."""
        mine = _Request(head, peer)
        self._waiting.append(mine)
        with self._working:
            if mine.outcome is None:
                self._see_to_all()
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

    def _see_to_all(self) -> None:
        here = [self._waiting.popleft() for _ in range(len(self._waiting))]
        for each in here:
            each.outcome = ELSEWHERE
        askings = [(each, self._lane.understand(each.head, each.peer)) for each in here]
        plain = [(each, asking) for each, asking in askings if asking is not None]
        if plain:
            outcomes = self._lane.answer([asking for _, asking in plain])
            for (each, _), outcome in zip(plain, outcomes, strict=True):
                each.outcome = outcome
        self._lane.tick()
