"""What becomes of a mail: pure, whether it is kept in the database or, while that is away, in a file."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FIRST_WAIT: Final = timedelta(seconds=10)
MAX_WAIT: Final = timedelta(minutes=5)
GIVEN_UP_AFTER: Final = timedelta(hours=24)
"""Nobody acts on an alert that is a day old."""

MAX_ERROR_CHARS: Final = 500


class State(StrEnum):
    """Where a mail is."""

    QUEUED = "queued"
    SENT = "sent"
    WRITTEN = "written"
    """A file in `MAIL_DIR`, there being no server to give it to."""
    FAILED = "failed"
    """Refused for good, or given up."""


class Fate(StrEnum):
    """How one try to pass a mail on ended."""

    SENT = "sent"
    WRITTEN = "written"
    POSTPONED = "postponed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """How one try ended, and why, if it failed; *is_for_all* says that any other mail would have fared the same."""

    fate: Fate
    error: str = ""
    is_for_all: bool = False


@dataclass(frozen=True)
class Progress:
    """How far a mail has come.

    Attributes:
        due_at: When it is to be tried next.
        ended_at: When it was sent, written or given up.
    """

    due_at: datetime
    state: State = State.QUEUED
    attempts: int = 0
    first_failed_at: datetime | None = None
    ended_at: datetime | None = None
    last_error: str = ""


def after(progress: Progress, outcome: Outcome, *, queued_at: datetime, now: datetime) -> Progress:
    """Return how far a mail that was queued at *queued_at* has come after one more try."""
    tried = replace(progress, attempts=progress.attempts + 1)
    if outcome.fate in {Fate.SENT, Fate.WRITTEN}:
        return replace(tried, state=State(outcome.fate.value), ended_at=now, last_error="")
    failed = replace(tried, first_failed_at=progress.first_failed_at or now, last_error=outcome.error[:MAX_ERROR_CHARS])
    if outcome.fate is Fate.REFUSED or now - queued_at >= GIVEN_UP_AFTER:
        return replace(failed, state=State.FAILED, ended_at=now)
    return replace(failed, due_at=now + _wait(failed.attempts))


def _wait(attempts: int) -> timedelta:
    return min(MAX_WAIT, FIRST_WAIT * (1 << min(attempts - 1, 10)))
