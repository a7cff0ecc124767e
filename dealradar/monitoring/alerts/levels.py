"""How bad it is."""

from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How bad it is: not, so that somebody should look, or so that somebody has to act."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """How bad, as a number to compare by."""
        return _RANKS.index(self)


_RANKS: Final = (Level.OK, Level.WARNING, Level.CRITICAL)
