"""`scripts/dev bench miss`: what a list costs that isn't in the cache, in CPU of the web process and of PostgreSQL."""

import asyncio
import http.client
import statistics
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import psutil
import psycopg
import redis

from scripts import ports, postgres
from scripts.bench.rivals.table import GUNICORN
from scripts.bench.site import Site
from scripts.parts import Part
from scripts.refused import RefusedError

ROUNDS: Final = 5
PATHS: Final = 200
"""So many lists of each kind are asked for in a round, each once."""
GOAL_US: Final = 600.0
"""Of CPU in the web process, above what Flask itself takes."""
OURS: Final = "DealRadar"
FLOOR: Final = "Flask, the bytes as they are"
PLAIN: Final = "Flask-SQLAlchemy and jsonify"
ENTRIES: Final = "dealradarus:v1:/*"
REVIEWS: Final = "20 reviews of a deal"
_TOLD: Final = {"RATE_LIMIT_MAX_REQUESTS": "1000000000", "WEB_CONCURRENCY": "1"}
_DEALS: Final = "SELECT id FROM deals WHERE status = 'active' AND review_count >= 20 ORDER BY id LIMIT %s"
_THREADS: Final = """
    SELECT review_id FROM comments JOIN reviews ON reviews.id = review_id JOIN deals ON deals.id = reviews.deal_id
    WHERE comments.status = 'visible' AND reviews.status = 'visible' AND deals.status IN ('active', 'expired')
    GROUP BY review_id HAVING count(*) >= 15 ORDER BY review_id LIMIT %s
"""


@dataclass(frozen=True)
class Asked:
    """Who is asked at *port* for *paths*; *workers* are its processes."""

    name: str
    what: str
    port: int
    paths: Sequence[str]
    workers: Sequence[psutil.Process]
    misses: bool = False


@dataclass(frozen=True)
class Cost:
    """Microseconds of CPU for each request: of the web process, and of PostgreSQL."""

    web_us: float
    postgres_us: float


async def run(site: Site) -> tuple[str, bool]:
    """Return the table, and whether a miss takes no more than it is to take.

    Raises:
        RefusedError: Something was answered with an error, or not computed.
    """
    await site.step("seed", "--scale", "medium")
    url = site.servers["DATABASE_URL"].url
    lists = await asyncio.to_thread(_lists, url)
    async with site.serving(**_TOLD):
        body = site.folder / "body.json"
        body.write_bytes(await asyncio.to_thread(_get, site.port, lists[REVIEWS][0]))
        ports_of = {name: await _serve(site, name) for name in ("floor", "plain_orm", "profiled")}
        asked = [Asked(OURS, what, site.port, paths, site.workers(), misses=True) for what, paths in lists.items()]
        asked.append(_rival(FLOOR, ports_of["floor"], lists[REVIEWS]))
        asked.append(_rival(PLAIN, ports_of["plain_orm"], lists[REVIEWS]))
        measured = await asyncio.to_thread(_measure, site, asked)
        profile = await asyncio.to_thread(_profile, site, ports_of["profiled"], lists[REVIEWS])
    return f"{table(measured)}\n\nwhere {REVIEWS} go, by function:\n{profile}", is_within(measured)


def table(measured: Mapping[tuple[str, str], Cost]) -> str:
    """Return a line for each of who was asked for what."""
    floor_us = measured[FLOOR, REVIEWS].web_us
    lines = [f"CPU us for each request, medians of {ROUNDS} rounds of up to {PATHS} in turns"]
    lines.append(f"{'':<56}{'web':>8}{'above Flask':>13}{'PostgreSQL':>12}")
    for (name, what), cost in measured.items():
        above_us = cost.web_us - floor_us
        lines.append(f"{f'{name}, {what}':<56}{cost.web_us:>8.0f}{above_us:>13.0f}{cost.postgres_us:>12.0f}")
    return "\n".join(lines)


def is_within(measured: Mapping[tuple[str, str], Cost]) -> bool:
    """Return whether ours take no more than `GOAL_US` above the floor."""
    most_us = measured[FLOOR, REVIEWS].web_us + GOAL_US
    return all(cost.web_us <= most_us for (name, _), cost in measured.items() if name == OURS)


def _lists(url: str) -> Mapping[str, Sequence[str]]:
    with postgres.connect(url) as database:
        return {
            REVIEWS: [f"/api/reviews/deal/{deal}" for deal in _ids(database, _DEALS)],
            "20 deals": [f"/api/deals?sort=new&min_price={cents}" for cents in range(1, PATHS + 1)],
            "a thread": [f"/api/comments/review/{review}" for review in _ids(database, _THREADS)],
        }


def _ids(database: psycopg.Connection[Any], statement: str) -> Iterator[int]:
    found = database.execute(statement.encode(), (PATHS,)).fetchall()
    if not found:
        raise RefusedError("the made-up community has no list that is long enough")
    return (number for (number,) in found)


async def _serve(site: Site, name: str) -> int:
    port = ports.pick()
    command = (*GUNICORN, "-w", "1", "-b", f"{ports.LOCALHOST}:{port}", f"scripts.bench.rivals.{name}:app")
    told = {**site.environment(), **_TOLD, "BENCH_BODY": str(site.folder / "body.json")}
    await site.listening(site.supervise(Part(name, command, site.folder, told)), port)
    return port


def _rival(name: str, port: int, paths: Sequence[str]) -> Asked:
    masters = [one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port]
    return Asked(name, REVIEWS, port, paths, [psutil.Process(pid) for pid in sorted({pid for pid in masters if pid})])


def _measure(site: Site, asked: Sequence[Asked]) -> Mapping[tuple[str, str], Cost]:
    rounds: dict[tuple[str, str], list[Cost]] = {(each.name, each.what): [] for each in asked}
    with postgres.connect(site.servers["DATABASE_URL"].url) as database:
        server = psutil.Process(psutil.Process(database.info.backend_pid).ppid())
        for number, each in ((number, each) for number in range(ROUNDS + 1) for each in asked):
            cost = _round(site, each, lambda: _cpu_s(server.children()))
            if number > 0:  # the first one only warms up
                rounds[each.name, each.what].append(cost)
    return {key: _median(costs) for key, costs in rounds.items()}


def _round(site: Site, asked: Asked, postgres_s: Callable[[], float]) -> Cost:
    connection = http.client.HTTPConnection(ports.LOCALHOST, asked.port)
    _ask(connection, asked.paths[0])
    _forget(site)
    web_s, database_s = _cpu_s(asked.workers), postgres_s()
    for path in asked.paths:
        if _ask(connection, path) != "MISS" and asked.misses:
            raise RefusedError(f"{path} was not computed")
    each_us = 1_000_000 / len(asked.paths)
    return Cost((_cpu_s(asked.workers) - web_s) * each_us, (postgres_s() - database_s) * each_us)


def _ask(connection: http.client.HTTPConnection, path: str) -> str | None:
    connection.request("GET", path, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise RefusedError(f"{path} was answered with {answer.status}")
    return answer.getheader("X-Cache")


def _get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://{ports.LOCALHOST}:{port}{path}") as answer:
        return bytes(answer.read())


def _forget(site: Site) -> None:
    """Have what is stored be gone, and what is known of who has computed it lately."""
    with redis.Redis.from_url(site.servers["REDIS_URL"].url) as store:
        keys = [*store.scan_iter(ENTRIES, count=1_000), *store.scan_iter("dealradarus:v1:bell:*", count=1_000)]
        if keys:
            store.unlink(*keys)


def _profile(site: Site, port: int, paths: Sequence[str]) -> str:
    for _ in range(2):
        _forget(site)
        for path in paths:
            _get(port, path)
    return _get(port, "/profile").decode()


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, of) for cost in costs) for of in ("web_us", "postgres_us")))


def _cpu_s(processes: Sequence[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system for each in times)
