"""Counts what is invalidated in the local store, by what made somebody do it."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import TAGS
from dealradar.invalidation.rules import RULES

OTHER: Final = "other"


class Reason(StrEnum):
    """What made somebody invalidate."""

    WRITE = "write"
    """Somebody's change, before they were answered; a task's likewise."""
    OPERATOR = "operator"
    """An operator's wish, or a policy that they changed."""
    MERGED = "merged"
    """The turn of a soft tag that had had to wait."""
    SWEPT = "swept"
    """It was owed, and nobody else had paid it."""
    RECOVERED = "recovered"
    """The store was away, or is another one, and may have missed it."""


def _head(tag: str) -> str:
    """Return what *tag* is of, without whose: ``reviews@deal`` of ``reviews@deal:123``."""
    return tag.partition(":")[0]


_HEADS: Final = frozenset(
    _head(tag) for rule in RULES for tag in (*rule.tags, *(tag for others in rule.others for tag in others.tags))
) | {"path"}


def count(reason: Reason, kind: Kind, tags: Iterable[str]) -> None:
    """Count *tags*, as urgent as *kind*, as invalidated for *reason*; one that no rule has, as another."""
    heads = Counter(head if (head := _head(tag)) in _HEADS else OTHER for tag in tags)
    for head, number in heads.items():
        TAGS.labels(reason, kind.name.lower(), head).inc(number)
