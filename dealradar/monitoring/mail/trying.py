"""A mail that somebody asked for, to see whether mails arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sin
from typing import Final

from flask import current_app

from dealradar.config import Settings
from dealradar.monitoring.mail import carriers, queueing, recipients
from dealradar.monitoring.mail.mails import Outcome, Progress, State, after
from dealradar.monitoring.mail.measures import MAILS
from dealradar.monitoring.mail.notices import Kind, Notice

SIGNAL: Final = "test"
_MINUTES: Final = 60


@dataclass(frozen=True)
class Tried:
    """What became of the mail to one recipient."""

    recipient: str
    outcome: Outcome


def try_out(*, now: datetime) -> Sequence[Tried]:
    """Pass a mail on to everybody who gets alerts, at once and once; return what became of each. The caller commits.

    Raises:
        SQLAlchemyError: The database can't be asked who they are.
    """
    settings: Settings = current_app.extensions["settings"]
    tried = []
    with carriers.carrier(settings) as carrier:
        for letter in queueing.letters_to(recipients.current(settings, now=now), [_sample(now)], now=now):
            outcome = carrier.carry(letter)
            MAILS.labels(outcome.fate).inc()
            queueing.keep(letter, _ended(outcome, now), queued_at=now)
            tried.append(Tried(letter.recipient, outcome))
    return tried


def _ended(outcome: Outcome, now: datetime) -> Progress:
    """Whoever asked is told; nobody waits for another try."""
    progress = after(Progress(due_at=now), outcome, queued_at=now, now=now)
    return progress if progress.state is not State.QUEUED else replace(progress, state=State.FAILED, ended_at=now)


def _sample(now: datetime) -> Notice:
    return Notice(
        alert_id=0,
        number=1,
        kind=Kind.TEST,
        signal=SIGNAL,
        title="mails about alerts arrive",
        level_before="ok",
        level="ok",
        unit="ratio",
        value=None,
        value_text="",
        threshold_text="made up, as the values of the chart are",
        since=now,
        meaning="Nothing is wrong: somebody wanted to see whether mails about alerts arrive, and how they look.",
        runbook=("Do nothing: it arrived.",),
        warning=0.8,
        critical=0.6,
        history=tuple((now - timedelta(minutes=ago), 0.9 + 0.05 * sin(ago / 5)) for ago in range(_MINUTES, -1, -1)),
    )
