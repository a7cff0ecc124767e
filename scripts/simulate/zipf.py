"""Make traffic up: things that are asked for by a law of Zipf, and change."""

import random
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from scripts.simulate.events import Asked, Event, Invalidated, Made, Thing, Trace

_TTL_S: Final = 300.0
_SOFT_SHARE: Final = 0.8
_BODY_BYTES: Final = (500, 20_000)
_MEAN_COST_S: Final = 0.01
_MISS: Final = "m"


@dataclass(frozen=True)
class Community:
    """How many *objects* there are, how unequal they are in demand, and how much is asked; *writes* is a share."""

    objects: int = 20_000
    exponent: float = 1.0
    writes: float = 0.01
    rate_per_s: float = 300.0
    minutes: float = 30.0
    seed: int = 1


def made_up(community: Community) -> Trace:
    """Return a trace of *community*, the same one for the same seed: what is read more is written more, too."""
    dice = random.Random(community.seed)  # noqa: S311  the same traffic each time
    numbers = range(community.objects)
    weights = list(accumulate(1 / rank**community.exponent for rank in range(1, community.objects + 1)))
    events: list[Event] = [
        Made(0.0, number, dice.randint(*_BODY_BYTES), dice.expovariate(1 / _MEAN_COST_S), _TTL_S) for number in numbers
    ]
    at_s = 0.0
    for thing in dice.choices(numbers, cum_weights=weights, k=int(community.rate_per_s * community.minutes * 60)):
        at_s += dice.expovariate(community.rate_per_s)
        is_write = dice.random() < community.writes
        events.append(Invalidated(at_s, (thing,)) if is_write else Asked(at_s, thing, _MISS))
    return Trace([Thing("made-up", (number,), _TTL_S, _SOFT_SHARE) for number in numbers], events)
