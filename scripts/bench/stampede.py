"""`scripts/dev bench stampede` has crowds ask for what is not cached, and counts what the database is asked then."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any, Final, LiteralString

import psycopg

from scripts import flask_command, ports, postgres
from scripts.bench.site import Site
from scripts.refused import RefusedError

_Connection = psycopg.Connection[tuple[Any, ...]]

CLIENTS: Final = 200
QUERY_S: Final = 0.15
SLOWEST_AT_MOST_S: Final = 0.4
HOT_KEYS: Final = 1_000
HOT_QUERY_S: Final = 0.02
PLACES: Final = 4
PROCESSES: Final = 2
LOOKS_EVERY_S: Final = 0.002

_DATABASE: Final = "DATABASE_URL"
# A store that a busy machine lets answer late would count as away, and nobody waits for anybody then.
_TOLD: Final = {
    "RATE_LIMIT_MAX_REQUESTS": "100000000",
    "CACHE_RECOMPUTE_MAX_CONCURRENT": str(PLACES),
    "CACHE_TIMEOUT_MS": "2000",
}

# Who looks at people waits once a statement; a sequence counts them, since what it counts no rollback takes back.
_PREPARE: Final = """
    INSERT INTO users (username, display_name) SELECT 'user' || n, 'User ' || n FROM generate_series(1, {people}) AS n;
    ALTER TABLE users RENAME TO people;
    CREATE SEQUENCE statements_on_users;
    CREATE VIEW users AS TABLE people
"""
_SLOW_DOWN: Final = """
    CREATE OR REPLACE VIEW users AS
        WITH waited AS MATERIALIZED (SELECT nextval('statements_on_users') AS number, pg_sleep({query_s}))
        SELECT people.* FROM people CROSS JOIN waited
"""
_ASKED: Final = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM statements_on_users"
_IN_FLIGHT: Final = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


@dataclass(frozen=True)
class Crowd:
    """What *name* came to: the seconds of each request in order, the statements, and the most of them at once."""

    name: str
    sorted_s: Sequence[float]
    statements: int
    at_once: int

    def line(self) -> str:
        """Return a row of the table."""
        p50_ms, slowest_ms = 1_000 * self.sorted_s[len(self.sorted_s) // 2], 1_000 * self.sorted_s[-1]
        counts = f"{len(self.sorted_s):>8} {self.statements:>10} {self.at_once:>7}"
        return f"{self.name:<32} {counts} {p50_ms:>8.0f} {slowest_ms:>8.0f}"


async def run(site: Site) -> tuple[str, bool]:
    """Return the table, and whether each key was computed once, soon enough, and never too many at once."""
    everybody = range(1, HOT_KEYS + 1)
    with postgres.connect(site.servers[_DATABASE].url) as database:
        database.execute(_PREPARE.format(people=HOT_KEYS))
        async with site.serving(**_TOLD):
            await _ask_all(site.port, everybody[1:])  # all but one, so that all processes and connections are there
            database.execute(_SLOW_DOWN.format(query_s=QUERY_S))
            cold = await _crowd("one cold key, 150 ms a query", site, database, people=[1] * CLIENTS)
            hits = await _crowd("the same once more, as hits", site, database, people=[1] * CLIENTS)
            await _invalidate(site)
            database.execute(_SLOW_DOWN.format(query_s=HOT_QUERY_S))
            flushed = await _crowd("hot keys after a flush, 20 ms", site, database, people=everybody)
    columns = f"{'':<32} {'requests':>8} {'statements':>10} {'at once':>7} {'p50 ms':>8} {'max ms':>8}"
    is_within = (
        (cold.statements, hits.statements, flushed.statements) == (1, 0, HOT_KEYS)
        and cold.sorted_s[-1] <= SLOWEST_AT_MOST_S
        and flushed.at_once <= PLACES * PROCESSES
    )
    return f"{columns}\n{cold.line()}\n{hits.line()}\n{flushed.line()}", is_within


async def _crowd(name: str, site: Site, database: _Connection, *, people: Sequence[int]) -> Crowd:
    print(f"measuring: {name}", file=sys.stderr, flush=True)
    asked_before = _number(database, _ASKED)
    is_over = Event()
    watching = asyncio.create_task(asyncio.to_thread(_watch, site.servers[_DATABASE].url, is_over))
    try:
        taken_s = await _ask_all(site.port, people)
    finally:
        is_over.set()
    statements = _number(database, _ASKED) - asked_before
    return Crowd(name, sorted(taken_s), statements=statements, at_once=await watching)


async def _invalidate(site: Site) -> None:
    command = flask_command.command("cache", "invalidate", "--all")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=site.clone.root, env=site.environment(), stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise RefusedError(f"the invalidation ended with status {process.returncode}")


async def _ask_all(port: int, people: Sequence[int]) -> list[float]:
    """Return the seconds of each request; all are sent as soon as fewer than `CLIENTS` others are under way."""
    free = asyncio.Semaphore(CLIENTS)

    async def ask(number: int) -> float:
        async with free:
            return await _ask(port, number)

    return await asyncio.gather(*(ask(number) for number in people))


async def _ask(port: int, number: int) -> float:
    began_s = time.perf_counter()
    reader, writer = await asyncio.open_connection(ports.LOCALHOST, port)
    writer.write(f"GET /api/users/{number} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read(-1)
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RefusedError(f"/api/users/{number} was answered {answer[:60]!r}")
    return time.perf_counter() - began_s


def _watch(url: str, is_over: Event) -> int:
    """Return the most statements that were seen to run at once."""
    with postgres.connect(url) as database:
        most = 0
        while not is_over.wait(LOOKS_EVERY_S):
            most = max(most, _number(database, _IN_FLIGHT))
    return most


def _number(database: _Connection, query: LiteralString) -> int:
    ((number,),) = database.execute(query)
    return int(number)
