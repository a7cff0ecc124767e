"""What a mail is about: one telling of one alert."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What became of an alert since it was last told of."""

    FIRED = "fired"
    ESCALATED = "escalated"
    EASED = "eased"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    TEST = "test"
    """There is no alert: somebody wants to see whether mails arrive."""


@dataclass(frozen=True)
class Notice:
    """One telling of an alert, with all that a reader needs to judge it and to act.

    Attributes:
        number: The how-manieth telling of this alert, from 1: with *alert_id* it tells tellings apart.
        signal: What is watched, by its name in settings and tables.
        title: What is watched, in words; *value_text* reads well after it.
        level: How bad it is: ``ok``, ``warning`` or ``critical``; *level_before* is how bad it was.
        unit: What values are: ``ratio``, ``seconds``, ``bytes`` or ``state``.
        value: What was measured, None where that isn't known.
        threshold_text: What would be right, or from where on it is wrong.
        warning: The threshold of a warning, for the chart; *critical* likewise.
        since: Since when it has been wrong.
        lasted_s: How long it was, once it is over.
        meaning: What people notice, in a sentence.
        runbook: What to do, a step each.
        history: The last hour's values, oldest first, None where nothing is known.
    """

    alert_id: int
    number: int
    kind: Kind
    signal: str
    title: str
    level_before: str
    level: str
    unit: str
    value: float | None
    value_text: str
    threshold_text: str
    since: datetime
    meaning: str
    runbook: tuple[str, ...]
    runbook_url: str | None = None
    lasted_s: float | None = None
    warning: float | None = None
    critical: float | None = None
    history: tuple[tuple[datetime, float | None], ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to do."""
        return self.kind is Kind.RESOLVED
