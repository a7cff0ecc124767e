"""`scripts/dev bench NAME`: measure the site as it is deployed, on servers of its own, and print a table."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from scripts import place
from scripts.bench import database, hit, idle, limits, miss, stampede, steady, varnish, wildcard
from scripts.bench.site import Site
from scripts.clone import HERE
from scripts.log import Log
from scripts.roster import Roster
from scripts.supervise import Supervisor


@dataclass(frozen=True)
class Bench:
    """One measurement; *run* returns its table, and whether what was measured is within its bounds."""

    name: str
    summary: str
    run: Callable[[Site], Awaitable[tuple[str, bool]]]


BENCHES: Final = (
    Bench("database", "what the database is spared by the cache, where few and where many write", database.run),
    Bench("hit", "how fast a cached answer is, beside what one would take instead", hit.run),
    Bench("idle", "what ten thousand idle connections cost in memory and throughput", idle.run),
    Bench("limits", "how exactly requests are counted, also while the store is away", limits.run),
    Bench("miss", "what a list costs that isn't in the cache, beside Flask's floor and a plain application", miss.run),
    Bench("stampede", "what the database is asked while crowds want what is not cached", stampede.run),
    Bench("steady", "how late hits are at rates that are kept, alone, beside misses, and through Varnish", steady.run),
    Bench("varnish", "how soon a write shows through Varnish, and how much it answers itself", varnish.run),
    Bench("wildcard", "how long lookups take while a pattern is freed among a million keys", wildcard.run),
)


def main(arguments: Sequence[str]) -> int:
    """Measure; return 1 if a bound is exceeded."""
    bench = _chosen(arguments)
    folder = place.temporary()
    try:
        with (HERE.make_var() / "bench.log").open("w") as log:
            table, is_within = asyncio.run(_run(bench, Site(HERE, folder), Log(log, colour=False)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table)
    return int(not is_within)


def _chosen(arguments: Sequence[str]) -> Bench:
    parser = argparse.ArgumentParser(
        prog="scripts/dev bench",
        description="Measure the site on servers of its own; what its parts log is in var/bench.log.",
        epilog="; ".join(f"{bench.name}: {bench.summary}" for bench in BENCHES),
    )
    parser.add_argument("name", choices=[bench.name for bench in BENCHES])
    name = parser.parse_args(arguments).name
    return next(bench for bench in BENCHES if bench.name == name)


async def _run(bench: Bench, site: Site, log: Log) -> tuple[str, bool]:
    async with Supervisor(Roster(site.folder / "roster.json"), log) as supervisor:
        print("starting the servers", file=sys.stderr, flush=True)
        await site.start(supervisor)
        return await bench.run(site)
