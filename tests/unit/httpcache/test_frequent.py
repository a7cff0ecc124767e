"""What comes up most often, in bounded memory."""

import random
from collections import Counter

import pytest

from dealradar.httpcache.frequent import Frequent


def test_as_long_as_there_is_room_every_count_is_exact() -> None:
    frequent = Frequent(3)

    for name in "abcabca":
        frequent.add(name)

    assert frequent.counts == {"a": 3, "b": 2, "c": 2}


def test_names_that_came_first_give_way_to_those_that_come_often() -> None:
    frequent = Frequent(10)
    for number in range(10):
        frequent.add(f"early {number}")

    frequent.add("often", 50)

    assert max(frequent.counts, key=frequent.counts.__getitem__) == "often"
    assert len(frequent.counts) <= 10


@pytest.mark.parametrize("seed", range(5))
def test_no_count_is_too_high_or_lower_than_is_promised(seed: int) -> None:
    most, dice = 64, random.Random(seed)  # noqa: S311  repeats itself, hides nothing
    names = [f"page {int(dice.paretovariate(0.7)) % 5_000}" for _ in range(20_000)]
    frequent = Frequent(most)

    for name in names:
        frequent.add(name)

    exact = Counter(names)
    assert all(0 <= count - frequent.counts[name] <= 2 * len(names) / most for name, count in exact.items())
    assert len(frequent.counts) <= most
