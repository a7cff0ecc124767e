"""How attention is spread: a few deals have most of it (Zipf's law, its peak cut off)."""

from itertools import accumulate, pairwise
from typing import Final

from dealradar.seeds.dice import Dice
from dealradar.seeds.scales import Scale

CUT: Final = 6
"""The larger, the less the most popular deals stand out."""
RANK_OF_THE_FIRST: Final = 2
"""The deal of id 1 is what everybody looks at first: it is among the most popular."""


def reviews_by_deal(scale: Scale) -> tuple[int, ...]:
    """Return how many reviews each deal has, in the order of their ids; together they are the scale's."""
    ranks = list(range(scale.deals))
    Dice("ranks").shuffle(ranks)
    there = ranks.index(RANK_OF_THE_FIRST)
    ranks[0], ranks[there] = ranks[there], ranks[0]
    weights = [1 / (rank + CUT) for rank in ranks]
    total = sum(weights)
    sums = [round(scale.reviews * part / total) for part in accumulate(weights, initial=0.0)]
    return tuple(after - before for before, after in pairwise(sums))
