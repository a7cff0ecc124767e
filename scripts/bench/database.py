"""`scripts/dev bench database` plays the same traffic without the cache, on an empty and on a filled one."""

import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, LiteralString

import psutil
import psycopg
import redis

from scripts import postgres
from scripts.bench import statements
from scripts.bench.edge import Client, registered
from scripts.bench.site import Site
from scripts.bench.statements import Calls
from scripts.bench.traffic import MEMBERS, Ask, Places, recorded

_Connection = psycopg.Connection[tuple[Any, ...]]

REQUESTS: Final = 10_000
WRITES_SHARES: Final = (0.01, 0.1)
CLIENTS: Final = 4
SEED: Final = 7

_TOLD: Final = {
    "RATE_LIMIT_MAX_REQUESTS": "100000000",
    "REGISTER_MAX_PER_MINUTE": "100000",
    # A store that a busy machine lets answer late would count as away.
    "CACHE_TIMEOUT_MS": "2000",
}
_DEALS: Final = "SELECT id FROM deals WHERE status = 'active' ORDER BY review_count DESC, id"
_REVIEWS: Final = """
    SELECT reviews.id FROM reviews JOIN deals ON deals.id = deal_id
    WHERE reviews.status = 'visible' AND deals.status = 'active' ORDER BY helpful_count DESC, reviews.id
"""
_PEOPLE: Final = "SELECT id FROM users WHERE reputation > 0 ORDER BY reputation DESC, id"
_COUNTED: Final = """
    SELECT coalesce(sum(calls), 0), coalesce(sum(shared_blks_hit + shared_blks_read), 0)
    FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid WHERE datname = 'dealradar'
"""


@dataclass(frozen=True)
class Cost:
    """What the database had to do: *statements* of clients, *buffers* looked at, and *cpu_s* of all its processes."""

    statements: float
    buffers: float
    cpu_s: float

    def less(self, other: "Cost") -> "Cost":
        """Return what came on top of *other*."""
        return Cost(self.statements - other.statements, self.buffers - other.buffers, self.cpu_s - other.cpu_s)

    def saved(self, plain: "Cost") -> "Cost":
        """Return the part of *plain* that this is cheaper by, each figure for itself."""
        return Cost(
            1 - self.statements / plain.statements, 1 - self.buffers / plain.buffers, 1 - self.cpu_s / plain.cpu_s
        )


@dataclass(frozen=True)
class Outcome:
    """What *requests* came to, and how many of them were *refused*."""

    cache: str
    requests: int
    cost: Cost
    refused: int
    calls: Calls


@dataclass(frozen=True)
class Comparison:
    """The same traffic without the cache, and with it."""

    writes_share: float
    plain: Outcome
    cold: Outcome
    warm: Outcome

    def is_exact(self) -> bool:
        """Whether nothing was refused, so that each time the same was done."""
        return not any(outcome.refused for outcome in (self.plain, self.cold, self.warm))


class Gauge:
    """Reads what the database at *url* has done so far; the reading itself isn't counted."""

    def __init__(self, url: str) -> None:
        # From another database, whose statements are counted apart.
        self._connection = postgres.connect(url, database="postgres")
        self._connection.execute("CREATE EXTENSION pg_stat_statements")
        self._server = psutil.Process(self._connection.info.backend_pid).parent()

    def read(self) -> Cost:
        """Return the sum since the server's start."""
        ((statements, buffers),) = self._connection.execute(_COUNTED)
        return Cost(int(statements), int(buffers), self._cpu_s())

    def calls(self) -> Calls:
        """Return how often each statement was done since the server's start."""
        return statements.read(self._connection)

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def _cpu_s(self) -> float:
        """Return the seconds of the server's processes, of those too that have ended."""
        assert self._server is not None  # noqa: S101 - each backend has one
        times = [process.cpu_times() for process in self._server.children()]
        ended = self._server.cpu_times()
        return sum(each.user + each.system for each in (ended, *times)) + ended.children_user + ended.children_system


async def run(site: Site) -> tuple[str, bool]:
    """Return the table, and whether nothing was refused, since only then the lines compare."""
    await site.step("seed", "--scale", "medium")
    url = site.servers["DATABASE_URL"].url
    with postgres.connect(url) as database:
        database.execute("VACUUM ANALYZE")
        places = places_of(database)
    gauge = Gauge(url)
    try:
        found = [await _compare(site, gauge, places, writes_share=share) for share in WRITES_SHARES]
    finally:
        gauge.close()
    return table(found), all(comparison.is_exact() for comparison in found)


def places_of(database: _Connection) -> Places:
    """Return what there is to be asked for."""
    return Places(*(_numbers(database, query) for query in (_DEALS, _REVIEWS, _PEOPLE)))


def table(found: Sequence[Comparison]) -> str:
    """Return what was measured, as lines."""
    lines = [f"{'for 1,000 requests':<24} {'statements':>16} {'shared buffers':>18} {'CPU s':>14} {'refused':>8}"]
    for each in found:
        lines += [_line(each.writes_share, outcome, each.plain.cost) for outcome in (each.plain, each.cold, each.warm)]
    for each in found:
        lines += ["", f"what is left at {each.writes_share:.0%} writes, for 1,000 requests"]
        lines += statements.listed(each.warm.calls, requests=each.warm.requests)
    return "\n".join(lines)


def _line(writes_share: float, outcome: Outcome, plain: Cost) -> str:
    thousands, cost, saved = outcome.requests / 1_000, outcome.cost, outcome.cost.saved(plain)
    cells = (
        f"{cost.statements / thousands:>9,.0f} {saved.statements:>6.1%}",
        f"{cost.buffers / thousands:>11,.0f} {saved.buffers:>6.1%}",
        f"{cost.cpu_s / thousands:>7.2f} {saved.cpu_s:>6.1%}",
    )
    return f"{writes_share:>4.0%} writes, {outcome.cache:<11} {' '.join(cells)} {outcome.refused:>8}"


async def _compare(site: Site, gauge: Gauge, places: Places, *, writes_share: float) -> Comparison:
    asks = recorded(places, requests=REQUESTS, writes_share=writes_share, seed=SEED)
    without = {**_TOLD, "CACHE_ENABLED": "false"}
    async with site.serving(**without), site.working(**without):
        plain = await asyncio.to_thread(_play, site, gauge, asks, cache="off")
    redis.Redis.from_url(site.servers["REDIS_URL"].url).flushall()
    async with site.serving(**_TOLD), site.working(**_TOLD):
        cold = await asyncio.to_thread(_play, site, gauge, asks, cache="cold")
        warm = await asyncio.to_thread(_play, site, gauge, asks, cache="warm")
    return Comparison(writes_share, plain=plain, cold=cold, warm=warm)


def _play(site: Site, gauge: Gauge, asks: Sequence[Ask], *, cache: str) -> Outcome:
    """Ask everything, by members who are new each time: what they write is new as well."""
    print(f"measuring: {len(asks)} requests, cache {cache}", file=sys.stderr, flush=True)
    tokens = [registered(Client(site.port)) for _ in range(MEMBERS)]
    before, calls_before = gauge.read(), gauge.calls()
    with ThreadPoolExecutor(CLIENTS) as clients:
        hands = [clients.submit(_ask_all, site.port, asks[hand::CLIENTS], tokens) for hand in range(CLIENTS)]
        refused = sum(hand.result() for hand in hands)
    cost, calls = gauge.read().less(before), statements.less(gauge.calls(), calls_before)
    return Outcome(cache, len(asks), cost=cost, refused=refused, calls=calls)


def _ask_all(port: int, asks: Sequence[Ask], tokens: Sequence[str]) -> int:
    """Return how many were refused."""
    client = Client(port)
    refused = 0
    for ask in asks:
        client.token = None if ask.member is None else tokens[ask.member]
        status, _, _ = client.ask(ask.path, method=ask.method, send=ask.send)
        refused += status not in {HTTPStatus.OK, HTTPStatus.CREATED}
    return refused


def _numbers(database: _Connection, query: LiteralString) -> list[int]:
    return [number for (number,) in database.execute(query)]
