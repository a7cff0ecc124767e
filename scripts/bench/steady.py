"""`scripts/dev bench steady`: how late answers are at rates that are kept, whether or not the server keeps up."""

import asyncio
import itertools
import shutil
import statistics
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scripts import ports
from scripts.bench import paced
from scripts.bench.paced import Stream
from scripts.bench.rivals.table import Rival, others
from scripts.bench.site import Site
from scripts.bench.wrk import load
from scripts.load.histogram import Histogram
from scripts.refused import RefusedError

PATH: Final = "/api/reviews/deal/1?limit=13"
"""About 7 KB."""
MISSED: Final = "/api/deals?sort=new&min_price={}"
"""Twenty deals, as nobody has asked for them before."""
OURS: Final = "DealRadar, a hit"
SHARES: Final = (25, 50, 75)
"""Percent of the most that one of both answers on this machine, the slower one."""
MAX_RATE_PER_S: Final = 10_000
"""What the generator, which is one process, sends in time."""
BESIDE: Final = ((2_000.0, 0.0), (2_000.0, 50.0), (2_000.0, 150.0))
"""Hits a second, and misses a second in the same processes' threads."""
ROUNDS: Final = 3
ROUND_S: Final = 4.0
MAX_RATE_ROUND_S: Final = 2
SETTLING_S: Final = 2.0
PERCENTS: Final = (50.0, 99.0, 99.9)
_TOLD: Final = {"RATE_LIMIT_MAX_REQUESTS": "1000000000"}


@dataclass(frozen=True)
class Line:
    """What was asked, and the milliseconds that each of `PERCENTS` of the answers took at most: medians of rounds."""

    name: str
    late_ms: tuple[float, ...]


async def run(site: Site) -> tuple[str, bool]:
    """Return the table; there is no bound that every machine could keep.

    Raises:
        RefusedError: wrk isn't on this machine, or something was answered with an error.
    """
    if shutil.which("wrk") is None:
        raise RefusedError("needs wrk (Debian: wrk), and compares with varnish where it is installed")
    await site.step("seed", "--scale", "small")
    async with site.serving(**_TOLD):
        rivals = [_ours(site), *_varnish(site)]
        return await asyncio.to_thread(_measure, rivals, site.port), True


def table(lines: Sequence[Line]) -> str:
    """Return *lines* as they are printed."""
    heads = "".join(f"{f'p{percent:g} ms':>12}" for percent in PERCENTS)
    told = [f"sent by the clock over {paced.CONNECTIONS} connections, medians of {ROUNDS} rounds of {ROUND_S:.0f} s"]
    told.append(f"{'':<56}{heads}")
    return "\n".join(
        [*told, *(f"{line.name:<56}{''.join(f'{late:>12.2f}' for late in line.late_ms)}" for line in lines)]
    )


def median_of(name: str, rounds: Sequence[Histogram]) -> Line:
    """Return the line of *name*, which was measured in *rounds*."""
    return Line(name, tuple(statistics.median(each.percentile_ms(percent) for each in rounds) for percent in PERCENTS))


def _measure(rivals: Sequence[Rival], port: int) -> str:
    time.sleep(SETTLING_S)
    most = min(load(rival.url, rival.fields, duration_s=MAX_RATE_ROUND_S).rate_per_s for rival in rivals)
    most = min(most, MAX_RATE_PER_S / (SHARES[-1] / 100))
    return table([*_alone(rivals, most), *_beside(port)])


def _alone(rivals: Sequence[Rival], most_per_s: float) -> Iterator[Line]:
    for share in SHARES:
        rate = most_per_s * share / 100
        rounds: Mapping[str, list[Histogram]] = {rival.name: [] for rival in rivals}
        for _, rival in itertools.product(range(ROUNDS), rivals):
            stream = Stream(rival.name, itertools.repeat(_target(rival)), rate)
            rounds[rival.name].append(paced.play(_port(rival), [stream], duration_s=ROUND_S)[rival.name])
        for name, taken in rounds.items():
            yield median_of(f"{name}, {rate:,.0f} requests/s", taken)


def _beside(port: int) -> Iterator[Line]:
    fresh = (MISSED.format(cents) for cents in itertools.count(1))
    for hits, misses in BESIDE:
        rounds = []
        for _ in range(ROUNDS):
            streams = [Stream("hit", itertools.repeat(PATH), hits)]
            if misses:
                streams.append(Stream("miss", fresh, misses))
            rounds.append(paced.play(port, streams, duration_s=ROUND_S)["hit"])
        yield median_of(f"{OURS}, {hits:,.0f}/s beside {misses:.0f} misses/s", rounds)


def _ours(site: Site) -> Rival:
    url = f"http://{ports.LOCALHOST}:{site.port}{PATH}"
    with urllib.request.urlopen(url) as answer:
        (site.folder / "body.json").write_bytes(answer.read())
    return Rival(OURS, url, {})


def _varnish(site: Site) -> Iterator[Rival]:
    return (rival for rival in others(site, site.folder / "body.json") if rival.name == "Varnish")


def _port(rival: Rival) -> int:
    return int(rival.url.split(":")[2].split("/")[0])


def _target(rival: Rival) -> str:
    return "/" + rival.url.split("/", 3)[3]
