"""What a community asks: readers and members, clients that return, moderators, and who abuses it."""

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from scripts.bench.traffic import Dice
from scripts.load.requests import ABUSERS, EVERYBODY, Ground, Person, Request, head
from scripts.load.writes import Writers

VISIT: Final = 20
"""Where addresses count, so many requests in turn come from one of them."""
_ABUSERS_ADDRESS: Final = "203.0.113.66"


@dataclass(frozen=True)
class Mix:
    """Shares, of all requests: writes, and those of abusers; of reads: those of members, and of clients that return.

    Where *has_addresses*, requests come from many addresses, as a trusted proxy tells them.
    """

    writes: float = 0.01
    members: float = 0.2
    returning: float = 0.3
    abusers: float = 0.0
    has_addresses: bool = False


@dataclass(frozen=True)
class _Read:
    """A share of the reads; what stands in braces is drawn."""

    parts: int
    path: str


_READS: Final = (
    _Read(26, "/api/deals/{deal}"),
    _Read(17, "/api/reviews/deal/{deal}"),
    _Read(4, "/api/reviews/deal/{deal}?sort=helpful"),
    _Read(9, "/api/deals"),
    _Read(6, "{page}"),
    _Read(9, "/api/comments/review/{review}"),
    _Read(6, "/api/deals?sort=new"),
    _Read(5, "/api/reviews/{review}"),
    _Read(5, "/api/deals/{deal}/prices"),
    _Read(4, "/api/users/{person}"),
    _Read(2, "/api/deals?sort=top"),
    _Read(3, "/api/comments/deal/{deal}"),
    _Read(2, "/api/categories"),
    _Read(1, "/api/merchants"),
    _Read(1, "/api/reviews/user/{person}"),
)
_BOUNDS: Final = list(accumulate(read.parts for read in _READS))
_PAGES: Final = "/api/deals?cursor={}"
_MODERATORS_READ: Final = ("/api/reports?waiting=true", "/api/reports/stats")
_MODERATORS_SHARE: Final = 0.002


class Traffic:
    """Draws requests, the same ones from the same *seed*."""

    def __init__(self, mix: Mix, ground: Ground, *, seed: int) -> None:
        self._mix, self._ground, self._seed = mix, ground, seed
        self._dice = Dice(ground.places, seed)
        self._random = self._dice.random
        self._writers = Writers(ground, self._dice)
        self._made: dict[tuple[str, str], Request] = {}
        self._drawn = 0

    def draw(self) -> Request:
        """Return the next one."""
        self._drawn += 1
        if self._mix.abusers and self._random.random() < self._mix.abusers:
            return self._from(_ABUSERS_ADDRESS, "/api/deals", "/api/deals", crowd=ABUSERS)
        if self._random.random() < self._mix.writes:
            return self._writers.draw()
        return self._read()

    def is_returning(self) -> bool:
        """Return whether who asks has asked the same before."""
        return self._random.random() < self._mix.returning

    def _read(self) -> Request:
        if self._mix.members and self._random.random() < _MODERATORS_SHARE:
            path = self._random.choice(_MODERATORS_READ)
            return self._get(path, path, self._random.choice(self._ground.moderators))
        route, path = self._draw_path()
        if self._mix.has_addresses:
            return self._from(self._visitor(), route, path)
        is_member = self._random.random() < self._mix.members
        return self._get(route, path, self._random.choice(self._ground.members) if is_member else None)

    def _draw_path(self) -> tuple[str, str]:
        """Return a route, and a path of it."""
        route = _READS[bisect(_BOUNDS, self._random.random() * _BOUNDS[-1])].path
        name = route.partition("{")[2].partition("}")[0]
        if name == "page":
            return _PAGES, self._random.choice(self._ground.pages)
        return route, route.replace(f"{{{name}}}", str(self._dice.draw(name))) if name else route

    def _get(self, route: str, path: str, person: Person | None) -> Request:
        # Made once, since a generator that is slow would measure itself.
        key = (path, person.token if person else "")
        request = self._made.get(key)
        if request is None:
            request = Request(f"GET {route}", head("GET", path, person, {}), known_as="".join(key))
            self._made[key] = request
        return request

    def _visitor(self) -> str:
        number = self._drawn // VISIT
        return f"10.{self._seed % 256}.{number // 256 % 256}.{number % 256}"

    def _from(self, address: str, route: str, path: str, *, crowd: str = EVERYBODY) -> Request:
        fields = {"X-Forwarded-For": address}
        return Request(f"GET {route}", head("GET", path, None, fields), crowd=crowd, known_as=path)
