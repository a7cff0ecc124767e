"""How fast to warm: a part of the time, which shrinks at once when the database gets slower, and grows step by step."""

from dataclasses import dataclass, replace
from typing import Final

SLOWER: Final = 3.0
"""How many times as long as usual an answer takes when the database has too much to do."""
NOTICED_S: Final = 0.02
"""What takes no longer than this says nothing."""
UNUSUAL_S: Final = 0.25
"""What takes longer counts as slow where it isn't known how long it usually takes."""
LEAST: Final = 0.05
STEP: Final = 0.02
LONGEST_REST_S: Final = 1.0
"""After one answer that took very long it is soon found out whether the next one does."""


@dataclass(frozen=True)
class Pace:
    """Which part of the time may be spent computing, by one who computes one thing after the other.

    Additive increase, multiplicative decrease, as congestion is avoided in networks (Chiu and Jain, 1989; RFC 5681
    §3.1): *share* halves with each answer that was slow, and grows by `STEP` with each other one, up to *most*.
    """

    share: float
    most: float

    def pause_s(self, took_s: float) -> float:
        """Return how long to rest after computing for *took_s*; never longer than `LONGEST_REST_S`."""
        return min(LONGEST_REST_S, took_s * (1 / self.share - 1))

    def after(self, took_s: float, *, usual_s: float | None) -> "Pace":
        """Return the pace after something took *took_s* that takes *usual_s* when all is well, None if unknown."""
        if took_s > _slow_s(usual_s):
            return replace(self, share=max(min(LEAST, self.most), self.share / 2))
        return replace(self, share=min(self.most, self.share + STEP))


def _slow_s(usual_s: float | None) -> float:
    return UNUSUAL_S if usual_s is None else max(NOTICED_S, SLOWER * usual_s)
