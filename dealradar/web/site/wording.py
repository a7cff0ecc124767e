"""How values stand on a page: nothing here depends on when or by whom it is read, or a page would not be shared."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from flask import current_app

from dealradar.config import Settings
from dealradar.domain.shapes import Query

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def money(cents: int) -> str:
    """Return *cents* as a price.

    >>> money(129900), money(1950)
    ('$1,299', '$19.50')
    """
    whole, rest = divmod(cents, 100)
    return f"${whole:,}.{rest:02}" if rest else f"${whole:,}"


def percent(ratio: float) -> str:
    """Return *ratio* in percent, rounded down: nobody is promised more than they save.

    >>> percent(0.299)
    '29 %'
    """
    return f"{int(ratio * 100)} %"


def moment(at: datetime) -> str:
    """Return *at* as RFC 3339 writes it, for machines."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def day(at: datetime) -> str:
    """Return the day of *at*, for people.

    >>> day(datetime(2026, 1, 5))
    '5 Jan 2026'
    """
    return f"{at.day} {at:%b %Y}"


def count(number: int, noun: str) -> str:
    """Return how many there are of a regular *noun*.

    >>> count(1, "review"), count(1200, "review")
    ('1 review', '1,200 reviews')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def legal(text: str) -> str:
    r"""Return *text* without the characters that XML 1.0 can't have, not even escaped (§2.2).

    >>> legal("bell\x07 and tab\t")
    'bell and tab\t'
    """
    return _ILLEGAL.sub("", text)


def absolute(path: str) -> str:
    """Return the whole address of *path*, for those who read it elsewhere."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.site_url}{path}"


def address(path: str, query: Query, **changes: object) -> str:
    """Return *path* with the parameters of *query*, except for *changes*; those at their default are left out."""
    changed = query.model_copy(update=changes)
    differences = changed.model_dump(mode="json", exclude_defaults=True)
    return f"{path}?{urlencode(differences)}" if differences else path
