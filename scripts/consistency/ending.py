"""When all writers have stopped: whether the site shows what the database has, at every place."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from dealradar.cache import SOFT_BOUND_S
from scripts.consistency.client import Client, Wish
from scripts.consistency.community import Community
from scripts.consistency.history import Answer
from scripts.consistency.judge import SWEEP_BOUND_S
from scripts.consistency.stack import Stack

_PAID_WITHIN_S: Final = 2 * SOFT_BOUND_S + SWEEP_BOUND_S
"""A soft invalidation waits for its turn; should the process die in which it does, for as long again, and a sweep."""

_ASKED: Final = 3
_REPORTS: Final = "/api/reports"
_SHOWN_CHARS: Final = 300


@dataclass(frozen=True)
class Lost:
    """An answer that stays different from what the database has: an invalidation that never came."""

    answer: Answer
    truth: Answer

    def __str__(self) -> str:
        differs = next(
            (i for i, (a, b) in enumerate(zip(self.answer.body, self.truth.body, strict=False)) if a != b), 0
        )
        window = slice(max(0, differs - 40), differs + _SHOWN_CHARS)
        shown, true = (body[window].decode(errors="replace") for body in (self.answer.body, self.truth.body))
        head = f"{self.answer.path} ({self.answer.x_cache}, {self.answer.status})"
        return f"{head}:\n      shows {shown}\n      truth {true}"


async def compare(stack: Stack, community: Community) -> list[Lost]:
    """Compare the site, once it has been told of all that was written, with one beside it that never caches.

    Raises:
        CutError: A site doesn't answer.
        RefusedError: The sweep doesn't work.
    """
    await stack.sweep_works()
    plain_port = await stack.start_reference()
    await stack.owes_nothing(patience_s=_PAID_WITHIN_S)
    return await asyncio.to_thread(_lost, community, site_port=stack.port, plain_port=plain_port)


def _lost(community: Community, *, site_port: int, plain_port: int) -> list[Lost]:
    """Compare each path, asked several times of the site, with the answer of the one that never caches."""
    site, plain = Client(site_port), Client(plain_port)
    return [Lost(*pair) for wish in _wishes(community) for pair in _different(wish, site, plain)]


def _wishes(community: Community) -> Iterable[Wish]:
    yield from map(Wish, community.paths)
    yield from (Wish(_REPORTS, moderator.token) for moderator in community.moderators)


def _different(wish: Wish, site: Client, plain: Client) -> Iterator[tuple[Answer, Answer]]:
    truth = plain.ask(wish)
    for answer in (site.ask(wish) for _ in range(_ASKED)):
        if (answer.status, answer.body) != (truth.status, truth.body):
            yield answer, truth
            return
