"""What clients read and write one after the other, and what the site must answer if their caches keep to the RFC.

A cache that keeps what may be kept and asks each time whether it still holds, as `no-cache` has it (RFC 9111 §5.2.2.4),
gets 304 if and only if what it keeps is what it would be shown. The rest follows from the script.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class Page:
    """Something to read, at a path with names for ids; *shows* picks out of its content what people would notice.

    What *is_personal* is another one for each person, and no shared cache may keep it.
    """

    path: str
    shows: Callable[[Any], object]
    is_personal: bool = False


@dataclass(frozen=True)
class Read:
    """*by* reads *page* and is to be shown just this, or refused with *status*."""

    page: Page
    shows: object = None
    by: str | None = None
    status: int = HTTPStatus.OK


@dataclass(frozen=True)
class Write:
    """*by* does something that shows on the pages that it *changes*; what it *makes* goes by that name from here on."""

    by: str
    method: str
    path: str
    send: object = None
    changes: tuple[Page, ...] = ()
    makes: str | None = None


Step = Read | Write


class Cache(StrEnum):
    """What may keep answers (RFC 9111 §1)."""

    PRIVATE = "private"
    SHARED = "shared"
    NONE = "none"


def expected(steps: Sequence[Step], cache: Cache) -> Iterator[int]:
    """Yield the status that answers each read through a *cache*, empty at first, that keeps one answer of a page."""
    kept: dict[Page, object] = {}
    changed: Counter[Page] = Counter()
    for step in steps:
        if isinstance(step, Write):
            changed.update(step.changes)
        elif step.status != HTTPStatus.OK:
            yield step.status
        else:
            content = (changed[step.page], step.by if step.page.is_personal else None)
            yield HTTPStatus.NOT_MODIFIED if kept.get(step.page) == content else HTTPStatus.OK
            if _may_keep(cache, step.page):
                kept[step.page] = content


def _may_keep(cache: Cache, page: Page) -> bool:
    return cache is Cache.PRIVATE or (cache is Cache.SHARED and not page.is_personal)
