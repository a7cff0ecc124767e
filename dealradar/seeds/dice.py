"""Chance that falls the same way for the same key, on every machine and every day."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Dice(Random):
    """Dice that are thrown for one thing, named by their key, so that no other thing changes how they fall."""

    def chance(self, share: float) -> bool:
        """Return True in that share of all throws."""
        return self.random() < share

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of *items*."""
        return items[int(self.random() * len(items))]

    def tail(self, weight: float, *, at_most: int) -> int:
        """Return a number that is mostly 0 or 1 and, the more so the nearer *weight* is to 1, sometimes large."""
        return min(at_most, int((1.0 - self.random()) ** -weight) - 1)
