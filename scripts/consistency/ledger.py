"""What the clients have done and what went wrong on the way, beside the history that is judged."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock

from scripts.consistency.client import CutError
from scripts.consistency.history import Answer, History


class Access(StrEnum):
    """What somebody waited for."""

    READ = "read"
    WRITE = "write"


@dataclass
class Ledger:
    """Shared by all threads; *over* tells them to end, *vanishing* are paths that may be there or not."""

    history: History = field(default_factory=History)
    operations: Counter[str] = field(default_factory=Counter)
    x_cache: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    cuts: list[CutError] = field(default_factory=list)
    vanishing: tuple[str, ...] = ()
    over: Event = field(default_factory=Event)
    _longest_s: dict[Access, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def did(self, what: str, answer: Answer | None = None) -> None:
        """Count an operation, and what the cache had to do with its answer."""
        with self._lock:
            self.operations[what] += 1
            if answer is not None:
                self.x_cache[answer.x_cache] += 1
        if answer is not None:
            self.waited(Access.READ, answer.ended_s - answer.began_s)

    def waited(self, access: Access, wait_s: float) -> None:
        """Note for how long somebody waited, if nobody has for longer."""
        with self._lock:
            self._longest_s[access] = max(wait_s, self._longest_s.get(access, 0.0))

    def lap(self) -> Mapping[Access, float]:
        """Return the longest that anybody waited, in seconds, since this was asked for the last time."""
        with self._lock:
            longest_s, self._longest_s = self._longest_s, {}
        return longest_s

    def refuse(self, answer: Answer, reason: str) -> None:
        """Note an answer that shouldn't be."""
        with self._lock:
            told = answer.body[:200].decode(errors="replace")
            self.wrong.append(f"{answer.path}: {answer.status}, {reason} (request {answer.request_id}): {told}")

    def accuse(self, answer: Answer, owners: set[int], person_id: int) -> None:
        """Note an answer that shows what is others' alone."""
        with self._lock:
            self.foreign.append(f"{answer.path}: asked by {person_id}, shows {owners} (request {answer.request_id})")

    def cut(self, error: CutError) -> None:
        """Note a connection that ended without an answer."""
        with self._lock:
            self.cuts.append(error)
        time.sleep(0.05)  # whoever died needs a moment to be replaced


def unexplained(cuts: list[CutError], deaths_s: list[float], *, seen_within_s: float = 1.0) -> list[CutError]:
    """Return the cuts that no death of a process explains; a death is noted up to *seen_within_s* late."""
    return [
        cut
        for cut in cuts
        if cut.is_timeout or not any(cut.opened_s <= death_s <= cut.ended_s + seen_within_s for death_s in deaths_s)
    ]
