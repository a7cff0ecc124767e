"""`scripts/dev bench limits` counts whether everybody is let through exactly as often as they may be."""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle, islice
from typing import Final

from scripts import ports
from scripts.bench.site import Site

REQUESTS: Final = 10_000
CONNECTIONS: Final = 50
PROXY: Final = f"{ports.LOCALHOST}/32"
STORE: Final = "REDIS_URL"
PATH: Final = "/api/categories"
AWAY_S: Final = 1.0
EXACT: Final = 0.01
"""How far from the truth the counters may be while nothing is out of order."""

_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_LOOK_AGAIN_S: Final = 0.01


@dataclass(frozen=True)
class Case:
    """*addresses* take turns in asking, each of which may ask *quota* times; with *harms*, the store dies meanwhile."""

    name: str
    addresses: int
    quota: int
    harms: bool = False

    @property
    def allowed(self) -> int:
        """Return how many of all requests may pass."""
        return self.addresses * min(self.quota, REQUESTS // self.addresses)


CASES: Final = (
    Case("one address", addresses=1, quota=100),
    Case("one address, a wide quota", addresses=1, quota=5_000),
    Case("a thousand addresses", addresses=1_000, quota=5),
    Case("one address, the store killed for a second", addresses=1, quota=5_000, harms=True),
)


@dataclass(frozen=True)
class Outcome:
    """How often each status was answered in a *case*."""

    case: Case
    statuses: Counter[int]

    @property
    def excess(self) -> float:
        """Return by which part of the truth too many were let through; too few is less than nothing."""
        return self.statuses[HTTPStatus.OK] / self.case.allowed - 1

    @property
    def is_within(self) -> bool:
        """Whether it is as exact as is promised: with the store away, processes count on their own."""
        is_counted = set(self.statuses) <= {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS}
        return is_counted and (self.case.harms or abs(self.excess) <= EXACT)


async def run(site: Site) -> tuple[str, bool]:
    """Return the table of all cases, and whether all are within their bounds."""
    outcomes = [await _measure(site, case) for case in CASES]
    return table(outcomes), all(outcome.is_within for outcome in outcomes)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each case: what was let through, and what should have been."""
    head = f"{REQUESTS} requests a case over {CONNECTIONS} connections, two web processes\n"
    lines = [f"{'case':<44} {'may pass':>9} {'passed':>9} {'refused':>9} {'other':>6} {'off by':>8}"]
    for outcome in outcomes:
        passed, refused = (outcome.statuses[status] for status in (HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS))
        counts = f"{outcome.case.allowed:>9} {passed:>9} {refused:>9} {outcome.statuses.total() - passed - refused:>6}"
        lines.append(f"{outcome.case.name:<44} {counts} {outcome.excess:>+8.2%}")
    return "\n".join([head, *lines])


async def _measure(site: Site, case: Case) -> Outcome:
    print(f"measuring: {case.name}", file=sys.stderr, flush=True)
    await site.kill(STORE)  # and with it what was counted before
    await site.revive(STORE)
    async with site.serving(RATE_LIMIT_MAX_REQUESTS=str(case.quota), TRUSTED_PROXIES=PROXY):
        names = [f"198.18.{number // 256}.{number % 256}" for number in range(case.addresses)]
        turns = islice(cycle(names), REQUESTS)
        statuses: Counter[int] = Counter()
        doing = [_ask(site.port, turns, statuses) for _ in range(CONNECTIONS)]
        await asyncio.gather(*doing, *([_harm(site, statuses)] if case.harms else []))
    return Outcome(case, statuses)


async def _ask(port: int, turns: Iterator[str], statuses: Counter[int]) -> None:
    """Ask, over one connection, in the name of one address after the other, and count the answers."""
    reader, writer = await asyncio.open_connection(ports.LOCALHOST, port)
    for address in turns:
        writer.write(f"GET {PATH} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: {address}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length  # noqa: S101 - each answer of ours says how long it is
        await reader.readexactly(int(length[1]))
        statuses[int(head[9:12])] += 1
    writer.close()


async def _harm(site: Site, statuses: Counter[int]) -> None:
    while statuses.total() < REQUESTS // 4:  # noqa: ASYNC110 - an event would have to be set by each of fifty askers
        await asyncio.sleep(_LOOK_AGAIN_S)
    await site.kill(STORE)
    await asyncio.sleep(AWAY_S)
    await site.revive(STORE)
