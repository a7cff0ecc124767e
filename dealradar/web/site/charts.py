"""The course of a deal's price as a drawing: steps, for a price holds until the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dealradar.domain.deals import PriceOut

WIDTH: Final = 600
HEIGHT: Final = 180
LEFT: Final = 96
BOTTOM: Final = 32
TOP: Final = 16
RIGHT: Final = 8
COURSE: Final = 0.92
"""How much of the width the changes take; in the rest the present price holds."""
FEWEST: Final = 2
"""A price that never changed has no course."""


@dataclass(frozen=True)
class Tick:
    """A price on the axis, and how far down it stands."""

    price_cents: int
    y: float


@dataclass(frozen=True)
class Chart:
    """A drawing of `WIDTH` by `HEIGHT` units: its *line* as an SVG path, the prices and the days on its axes.

    The price of *last_at* holds from *last_x* to the right edge.
    """

    line: str
    ticks: tuple[Tick, ...]
    first_at: datetime
    last_at: datetime
    last_x: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def of_prices(prices: Sequence[PriceOut]) -> Chart | None:
    """Return the chart of *prices*, the present one first; None where there are too few to draw."""
    if len(prices) < FEWEST:
        return None
    oldest_first = prices[::-1]
    lowest = min(price.price_cents for price in prices)
    highest = max(price.price_cents for price in prices)
    begin, end = oldest_first[0].changed_at, oldest_first[-1].changed_at

    def y(cents: int) -> float:
        share = (cents - lowest) / (highest - lowest) if highest > lowest else 0.5
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)

    def x(at: datetime) -> float:
        share = (at - begin) / (end - begin) if end > begin else 0.0
        return round(LEFT + share * (WIDTH - LEFT - RIGHT) * COURSE, 1)

    steps = [f"M{LEFT} {y(oldest_first[0].price_cents)}"]
    steps += [f"H{x(price.changed_at)}V{y(price.price_cents)}" for price in oldest_first[1:]]
    values = sorted({lowest, (lowest + highest) // 2, highest}, reverse=True)
    return Chart(
        "".join([*steps, f"H{WIDTH - RIGHT}"]), tuple(Tick(each, y(each)) for each in values), begin, end, x(end)
    )
