"""How large a made-up community is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Scale:
    """The size of a community; what is not named here (votes, comments, reports) follows from it in proportion."""

    name: str
    reviews: int
    people: int
    deals: int
    merchants: int
    age_days: int


SCALES: Final = (
    Scale("small", reviews=1_000, people=300, deals=120, merchants=12, age_days=150),
    Scale("medium", reviews=50_000, people=10_000, deals=5_000, merchants=60, age_days=500),
    Scale("large", reviews=1_000_000, people=200_000, deals=100_000, merchants=120, age_days=1_500),
)


def named(name: str) -> Scale:
    """Return the scale of that name."""
    return next(scale for scale in SCALES if scale.name == name)
