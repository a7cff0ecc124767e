"""What happened: writes, sightings of what was written, and the times when something was out of order."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from threading import Lock
from typing import Final

GONE: Final = 1_000_000_000
"""The number of a deletion: whatever is seen of its subject afterwards is older."""

_MARK: Final = re.compile(rb"\b((?:deal|review|comment|user)-\d+)=(\d+)\b")


class Via(StrEnum):
    """How a write was made, which decides how soon it has to show."""

    HTTP = "http"
    SQL = "sql"
    UNANSWERED = "unanswered"
    """Over HTTP, and committed, though its answer never came."""
    UNDONE = "undone"
    """Rolled back: it must never be seen."""


@dataclass(frozen=True, slots=True)
class Write:
    """*number* was given to *subject*; *ended_s* is when the writer knew."""

    subject: str
    number: int
    via: Via
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got, and when; the times are of one clock with those of writes."""

    path: str
    status: int
    body: bytes
    x_cache: str
    request_id: str
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """An answer showed *number* of *subject*."""

    subject: str
    number: int
    path: str
    x_cache: str
    request_id: str
    began_s: float
    ended_s: float


class What(StrEnum):
    """What was out of order."""

    STORE = "store"
    SWEEP = "sweep"
    MEMORY = "memory"
    """The store's, which lost some of what it knew, or all of it."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The store or the sweep was out of order; *deaf* is a store that answered nobody at all."""

    what: What
    began_s: float
    ended_s: float = inf
    deaf: bool = False


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault was done, and undone."""

    fault: str
    began_s: float
    ended_s: float


def marks(body: bytes) -> set[tuple[str, int]]:
    """Return which numbers of which subjects *body* shows: ``review-12=17`` is number 17 of review-12."""
    return {(subject.decode(), int(number)) for subject, number in _MARK.findall(body)}


def mark(subject: str, number: int) -> str:
    """Return the text by which *number* of *subject* is seen again."""
    return f"{subject}={number}"


class History:
    """Collects what happened from many threads. Each subject has one writer, who counts up.

    Of what was seen, only what is older than an ended write is kept, and which numbers were ever seen.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._writes: defaultdict[str, list[Write]] = defaultdict(list)
        self._seen: defaultdict[str, set[int]] = defaultdict(set)
        self._suspects: list[Sighting] = []

    def wrote(self, write: Write) -> None:
        """Note a write, when it is known what became of it; one that will be rolled back, before it begins."""
        with self._lock:
            self._writes[write.subject].append(write)

    def saw(self, answer: Answer) -> None:
        """Note what *answer* shows."""
        found = marks(answer.body)
        with self._lock:
            for subject, number in found:
                self._seen[subject].add(number)
                if number < self._newest(subject, answer.began_s):
                    self._suspects.append(_sighting(answer, subject, number))

    @property
    def writes(self) -> dict[str, Sequence[Write]]:
        """Return the writes to each subject, in their order."""
        with self._lock:
            return {subject: tuple(writes) for subject, writes in self._writes.items()}

    @property
    def suspects(self) -> Sequence[Sighting]:
        """Return the sightings of what was older than an ended write."""
        with self._lock:
            return tuple(self._suspects)

    @property
    def undone_but_seen(self) -> Sequence[Write]:
        """Return the writes that were rolled back and seen all the same."""
        return tuple(
            write
            for writes in self.writes.values()
            for write in writes
            if write.via is Via.UNDONE and write.number in self._seen[write.subject]
        )

    def _newest(self, subject: str, before_s: float) -> int:
        ended = (write for write in reversed(self._writes.get(subject, ())) if write.ended_s <= before_s)
        return next((write.number for write in ended if write.via is not Via.UNDONE), 0)


def count(writes: Iterable[Sequence[Write]]) -> dict[str, int]:
    """Return how many writes there were of each kind."""
    counts = dict.fromkeys(map(str, Via), 0)
    for write in (write for of_subject in writes for write in of_subject):
        counts[write.via] += 1
    return counts


def _sighting(answer: Answer, subject: str, number: int) -> Sighting:
    return Sighting(subject, number, answer.path, answer.x_cache, answer.request_id, answer.began_s, answer.ended_s)
