"""`scripts/dev bench wildcard` times what readers ask of a store with a million keys while a pattern job runs on it."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Final

import redis

from scripts.bench.site import Site
from scripts.refused import RefusedError

KEYS: Final = 1_000_000
BODY: Final = b"x" * 256
PATTERN: Final = "/reviews/*"
ALONE_S: Final = 10.0
EVERY_S: Final = 0.001
P99_AT_MOST_S: Final = 0.005

_STORE: Final = "REDIS_URL"
_ENTRY: Final = "dealradarus:v1:/reviews/deal/{number}:0123456789abcdef0123456789abcdef"
_A_ROUND: Final = 10_000
_LOOKUP: Final = ("/deals/1:0123456789abcdef0123456789abcdef", "tag:deal:1", "tag:path:/", "tag:path:/deals")


@dataclass(frozen=True)
class Latencies:
    """How long each of many lookups took, in order of size."""

    name: str
    sorted_s: Sequence[float]

    def at(self, fraction: float) -> float:
        """Return the seconds that *fraction* of the lookups took at most."""
        return self.sorted_s[min(int(fraction * len(self.sorted_s)), len(self.sorted_s) - 1)]

    def line(self) -> str:
        """Return a row of the table."""
        shown = (f"{1_000 * self.at(fraction):>8.2f}" for fraction in (0.5, 0.99, 0.999, 1.0))
        return f"{self.name:<24} {len(self.sorted_s):>8} {' '.join(shown)}"


async def run(site: Site) -> tuple[str, bool]:
    """Return the table, and whether the job removed all and 99 of 100 lookups beside it were as quick as promised."""
    url = site.servers[_STORE].url
    print(f"storing {KEYS} entries", file=sys.stderr, flush=True)
    await asyncio.to_thread(_fill, url)
    print("measuring", file=sys.stderr, flush=True)
    alone = await _measured("nothing else", url, asyncio.sleep(ALONE_S))
    began_s = time.monotonic()
    job = asyncio.ensure_future(_purge(site))
    beside = await _measured("beside the job", url, job)
    removed, took_s = job.result(), time.monotonic() - began_s
    head = f"{removed} of {KEYS} entries removed in {took_s:.1f} s; {await asyncio.to_thread(_step, url)}\n"
    columns = f"{'lookups, in ms':<24} {'count':>8} {'p50':>8} {'p99':>8} {'p99.9':>8} {'max':>8}"
    is_within = removed == KEYS and beside.at(0.99) < P99_AT_MOST_S
    return f"{head}\n{columns}\n{alone.line()}\n{beside.line()}", is_within


def _fill(url: str) -> None:
    with redis.Redis.from_url(url) as store:
        store.config_set("maxmemory", 0)  # nothing is to be evicted: it is the job that removes
        for start in range(0, KEYS, _A_ROUND):
            with store.pipeline(transaction=False) as pipeline:
                for number in range(start, start + _A_ROUND):
                    pipeline.set(_ENTRY.format(number=number), BODY, ex=3_600)
                pipeline.execute()


def _step(url: str) -> str:
    """Return for how long the server itself says that a step keeps it, whatever else the machine does."""
    with redis.Redis.from_url(url) as store:
        told = store.info("commandstats")
    scan, unlink = told["cmdstat_scan"], told["cmdstat_unlink"]
    busy_us = (scan["usec"] + unlink["usec"]) / scan["calls"]
    return f"each step kept the server for {busy_us / 1_000:.2f} ms"


async def _purge(site: Site) -> int:
    command = (sys.executable, "-m", "scripts.bench.purging", PATTERN)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=site.clone.root, env=site.environment(), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode != 0:
        raise RefusedError(f"the job ended with status {process.returncode}")
    return int(told)


async def _measured(name: str, url: str, meanwhile: Awaitable[object]) -> Latencies:
    """Return how long lookups take until *meanwhile* is done."""
    is_over = Event()
    probing = asyncio.create_task(asyncio.to_thread(_probe, url, is_over))
    try:
        await meanwhile
    finally:
        is_over.set()
    return Latencies(name, sorted(await probing))


def _probe(url: str, is_over: Event) -> list[float]:
    taken_s: list[float] = []
    with redis.Redis.from_url(url) as store:
        while not is_over.wait(EVERY_S):
            began_s = time.perf_counter()
            with store.pipeline(transaction=False) as lookup:
                for name in _LOOKUP:
                    lookup.get(f"dealradarus:v1:{name}")
                lookup.execute()
            taken_s.append(time.perf_counter() - began_s)
    return taken_s
