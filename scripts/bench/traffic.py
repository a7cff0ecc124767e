"""What readers and members of the community ask: made once from a seed, and played as often as one likes."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

MEMBERS: Final = 20
"""How many people write, each under a log-in of their own."""
MEMBERS_READ: Final = 0.2
"""The share of reads by somebody who is logged in."""


@dataclass(frozen=True)
class Ask:
    """One request, by the member of that number or, with None, by anybody; *send* goes as JSON."""

    method: str
    path: str
    send: Mapping[str, Any] | None = None
    member: int | None = None


@dataclass(frozen=True)
class Places:
    """The numbers of what there is to be asked for, the best liked first."""

    deals: Sequence[int]
    reviews: Sequence[int]
    people: Sequence[int]


@dataclass(frozen=True)
class _Kind:
    """A share of the reads; `{deal}`, `{review}` and `{person}` are drawn for each."""

    parts: int
    path: str


_READS: Final = (
    _Kind(27, "/api/deals/{deal}"),
    _Kind(18, "/api/reviews/deal/{deal}"),
    _Kind(10, "/api/deals"),
    _Kind(10, "/api/comments/review/{review}"),
    _Kind(6, "/api/deals?sort=new"),
    _Kind(5, "/api/reviews/{review}"),
    _Kind(5, "/api/deals/{deal}/prices"),
    _Kind(4, "/api/users/{person}"),
    _Kind(3, "/api/deals?sort=top"),
    _Kind(3, "/api/comments/deal/{deal}"),
    _Kind(3, "/api/categories"),
    _Kind(2, "/api/merchants"),
    _Kind(2, "/api/deals?sort=discount"),
    _Kind(1, "/api/deals?sort=price"),
    _Kind(1, "/api/reviews/user/{person}"),
)


class Dice:
    """Draws from *places* by a law of Zipf; *random* is for what is drawn otherwise."""

    def __init__(self, places: Places, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same traffic each time
        named = {"deal": places.deals, "review": places.reviews, "person": places.people}
        self._drawn_from = {name: (numbers, _zipf(len(numbers))) for name, numbers in named.items()}

    def draw(self, name: str) -> int:
        """Return the number of a `deal`, a `review` or a `person`."""
        numbers, weights = self._drawn_from[name]
        return self.random.choices(numbers, cum_weights=weights)[0]


def recorded(places: Places, *, requests: int, writes_share: float, seed: int) -> tuple[Ask, ...]:
    """Return as many *requests*, the same for the same seed, every so many of them a write."""
    dice = Dice(places, seed)
    every = round(1 / writes_share)
    writes = _writes(dice)
    return tuple(next(writes) if number % every == 0 else _read(dice) for number in range(1, requests + 1))


def _read(dice: Dice) -> Ask:
    path = dice.random.choices(_READS, weights=[kind.parts for kind in _READS])[0].path
    drawn = {name: dice.draw(name) for name in ("deal", "review", "person") if f"{{{name}}}" in path}
    member = dice.random.randrange(MEMBERS) if dice.random.random() < MEMBERS_READ else None
    return Ask("GET", path.format(**drawn), member=member)


def _writes(dice: Dice) -> Iterator[Ask]:
    """Yield votes, comments and reviews, in turn; nobody reviews a deal twice."""
    reviewed: set[tuple[int, int]] = set()
    while True:
        yield _post(dice, f"/api/deals/{dice.draw('deal')}/vote", {"value": 1})
        yield _post(dice, f"/api/reviews/{dice.draw('review')}/vote", {"helpful": True})
        yield _post(dice, "/api/comments", {"review_id": dice.draw("review"), "body": "Still there this morning."})
        yield _review(dice, reviewed)


def _review(dice: Dice, reviewed: set[tuple[int, int]]) -> Ask:
    while (new := (dice.random.randrange(MEMBERS), dice.draw("deal"))) in reviewed:
        pass
    reviewed.add(new)
    member, deal = new
    return Ask("POST", "/api/reviews", {"deal_id": deal, "rating": 4, "body": "As described."}, member)


def _post(dice: Dice, path: str, send: Mapping[str, Any]) -> Ask:
    return Ask("POST", path, send, dice.random.randrange(MEMBERS))


def _zipf(length: int) -> list[float]:
    return list(accumulate(1 / rank for rank in range(1, length + 1)))
