"""Turns of watching with values made up, and what they had told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from dealradar.invalidation import transaction
from dealradar.monitoring.alerts import watching
from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.mail.notices import Notice

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""A full minute: values are kept for each half of one."""

BAD: Final = 2.0
WELL: Final = 0.0


@dataclass
class Mailbox:
    """What was queued, a list of notices a mail."""

    mails: list[Sequence[Notice]] = field(default_factory=list)

    def queue(self, notices: Sequence[Notice], *, now: datetime) -> int:  # noqa: ARG002  as the real one
        self.mails.append(notices)
        return 1

    @property
    def said(self) -> list[list[tuple[str, str, str]]]:
        """Return of each mail what it says: of each notice the signal, the kind and the level."""
        return [[(one.signal, one.kind, one.level) for one in mail] for mail in self.mails]


def turn(at_s: float, **values: float | None) -> None:
    """Take a turn *at_s* seconds after noon that finds *values* for the signals they are named after."""
    found = [Measurement(Signal(name), value, "as found") for name, value in values.items()]
    with transaction():
        watching.conclude(found, now=NOON + timedelta(seconds=at_s))


def turns(begin_s: int, end_s: int, **values: float | None) -> None:
    """Take a turn each five seconds that finds the same *values*."""
    for at_s in range(begin_s, end_s + 1, 5):
        turn(at_s, **values)
