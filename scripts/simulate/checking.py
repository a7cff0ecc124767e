"""Play traffic on a site of its own that keeps a trace, and compare what it was served with what is simulated."""

import asyncio
import shutil
import time
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import Final

import redis

from scripts import place
from scripts.bench.site import Site
from scripts.clone import HERE
from scripts.load import playing
from scripts.load.playing import Pace
from scripts.load.profiles import Act, Profile
from scripts.load.traffic import Mix
from scripts.log import Log
from scripts.roster import Roster
from scripts.simulate import reading
from scripts.simulate.events import Trace
from scripts.supervise import Supervisor

BOUND: Final = 0.01
"""So far apart the hit ratios may be."""
_SCALE: Final = "small"
_MINUTE_S: Final = 60.0
# Short, so that within minutes much expires and is refreshed, too.
_TTLS: Final = {
    "CACHE_DEFAULT_TTL_S": "60",
    "CACHE_REVIEWS_TTL_S": "45",
    "CACHE_COMMENTS_TTL_S": "30",
    "CACHE_REPORTS_TTL_S": "30",
}


@dataclass(frozen=True)
class Traffic:
    """How much is asked for how long, and which share of it are writes; workers may warm for *warm_percent*."""

    rate_per_s: float = 100.0
    minutes: float = 3.0
    writes: float = 0.01
    warm_percent: int = 25


@dataclass(frozen=True)
class Served:
    """What clients saw: the share of lookups that were hits; and the *trace* that the site kept meanwhile."""

    hit_ratio: float
    trace: Trace


@dataclass
class _Beginning:
    """When the store was empty, in Unix time."""

    at_s: float = inf

    async def empty(self, site: Site) -> None:
        """Empty the store of *site*."""
        redis.Redis.from_url(site.servers["REDIS_URL"].url).flushall()
        self.at_s = time.time()


def serve(traffic: Traffic) -> Served:
    """Play *traffic* on a site that begins with an empty store, and return what came of it.

    Raises:
        RefusedError: Something can't be started.
    """
    folder = place.temporary()
    beginning = _Beginning()
    profile = _profile(traffic, beginning, folder / "trace")
    try:
        with (HERE.make_var() / "simulate.log").open("w") as log:
            play = partial(_play, Site(HERE, folder), Log(log, colour=False))
            hit_ratio = asyncio.run(play(profile, traffic))
        trace = reading.read(sorted(folder.glob("trace.*")))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Served(hit_ratio, trace.between(beginning.at_s, inf))


def verdict(served: Served, predicted: float) -> tuple[str, bool]:
    """Return how near what was *predicted* comes, in words, and whether that is near enough."""
    apart = abs(predicted - served.hit_ratio)
    text = (
        f"hits: {_percent(served.hit_ratio)} as clients saw it, {_percent(served.trace.hit_ratio())} by the trace, "
        f"{_percent(predicted)} simulated: {apart * 100:.2f} points apart, {BOUND * 100:g} are allowed"
    )
    return text, apart <= BOUND


def _profile(traffic: Traffic, beginning: _Beginning, trace: Path) -> Profile:
    told = {
        **_TTLS,
        "TRACE_FILE": str(trace),
        "RATE_LIMIT_MAX_REQUESTS": "100000000",
        "CACHE_WARM_DATABASE_PERCENT": str(traffic.warm_percent),
    }
    act = Act("traced", mix=Mix(writes=traffic.writes), begin=beginning.empty)
    return Profile("traced", "what is compared", (act,), (), traffic.minutes, traffic.rate_per_s, told)


async def _play(site: Site, log: Log, profile: Profile, traffic: Traffic) -> float:
    async with Supervisor(Roster(site.folder / "roster.json"), log) as supervisor:
        await site.start(supervisor)
        pace = Pace(traffic.rate_per_s, traffic.minutes * _MINUTE_S)
        (stage,) = await playing.perform(site, profile, pace, scale=_SCALE)
        return stage.hit_ratio


def _percent(ratio: float) -> str:
    return f"{ratio * 100:.2f} %"
