"""What was told by mail of what was done, and whether that is what should have been."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.drill.inbox import Mail

_NOW: Final = re.compile(r"^Now: +(.+)$", re.MULTILINE)
_PART: Final = re.compile(r"^-{40}$", re.MULTILINE)


@dataclass(frozen=True)
class Telling:
    """One thing that had to be told after *step* was done: that *signal* is at *level*; None if it wasn't."""

    step: str
    signal: str
    level: str
    mail: Mail | None
    waited_s: float


def found(mails: Iterable[Mail], signal: str, level: str) -> Mail | None:
    """Return the first of *mails* that tells that *signal* is at *level*."""
    return next((mail for mail in mails if mail.levels.get(signal) == level), None)


def value(mail: Mail, signal: str) -> str:
    """Return the value of *signal* as *mail* tells it, empty where it is over."""
    part = dict(zip(mail.levels, _PART.split(mail.text), strict=False)).get(signal, "")
    told = _NOW.search(part)
    return told[1] if told else ""


def doubled(mails: Sequence[Mail]) -> list[str]:
    """Return the subjects of those that came more than once."""
    subjects = {mail.message_id: mail.subject for mail in mails}
    return [subjects[each] for each, count in Counter(mail.message_id for mail in mails).items() if count > 1]


def table(tellings: Sequence[Telling]) -> str:
    """Return what was told, as lines."""
    lines = [f"{'what was done':<42} {'signal':<20} {'level':<9} {'mail after s':>12}  what it says"]
    for each in tellings:
        after = "NO MAIL" if each.mail is None else f"{each.waited_s:.1f}"
        says = "" if each.mail is None else value(each.mail, each.signal) or each.mail.subject
        lines.append(f"{each.step:<42} {each.signal:<20} {each.level:<9} {after:>12}  {says}")
    return "\n".join(lines)
