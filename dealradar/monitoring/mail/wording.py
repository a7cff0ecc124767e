"""What a mail says in words: its subject, times and durations."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from dealradar.monitoring.mail.notices import Kind, Notice

SITE: Final = "DealRadar"
MAX_SUBJECT_CHARS: Final = 150

HEADLINES: Final = MappingProxyType(
    {
        Kind.FIRED: "{level}",
        Kind.ESCALATED: "now {level}",
        Kind.EASED: "down to {level}",
        Kind.REMINDER: "still {level}",
        Kind.RESOLVED: "resolved",
        Kind.TEST: "test",
    }
)
"""What became of an alert, in a word or two."""

_SPANS: Final = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"))


def headline(notice: Notice) -> str:
    """Return what became of the alert: ``now critical``."""
    return HEADLINES[notice.kind].format(level=notice.level)


def subject(notices: Sequence[Notice], *, now: datetime) -> str:
    """Return a mail's subject: how bad and what, so that a lock screen tells enough."""
    if len(notices) == 1:
        return _of_one(notices[0], now)
    told = ", ".join(f"{notice.title} {headline(notice)}" for notice in notices)
    return _cut(f"[{SITE}] {len(notices)} alerts: {told}")


def moment(at: datetime, *, now: datetime) -> str:
    """Return when that was, with the day unless it was today."""
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%H:%M} UTC, {at:%b} {at.day}"


def duration(span_s: float) -> str:
    """Return *span_s* as people say it: ``45 s``, ``14 min``, ``2 h 10 min``, ``3 d 4 h``."""
    for size_s, name, part_s, part_name in _SPANS:
        if span_s >= size_s:
            rest = int(span_s % size_s // part_s)
            return f"{int(span_s // size_s)} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{int(span_s // 60)} min" if span_s >= 60 else f"{max(0, round(span_s))} s"  # noqa: PLR2004  a minute


def _of_one(notice: Notice, now: datetime) -> str:
    if notice.is_over:
        lasted = "" if notice.lasted_s is None else f" (after {duration(notice.lasted_s)})"
        return _cut(f"[{SITE}] {headline(notice)}: {notice.title}{lasted}")
    if notice.kind is Kind.TEST:
        return _cut(f"[{SITE}] {headline(notice)}: {notice.title}")
    named = f"{notice.title} {notice.value_text}".strip()
    return _cut(f"[{SITE}] {headline(notice)}: {named} (since {moment(notice.since, now=now)})")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SUBJECT_CHARS else f"{line[: MAX_SUBJECT_CHARS - 3].rstrip()}..."
