"""Plays a profile on a site of its own."""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from scripts import postgres
from scripts.bench.database import Gauge
from scripts.bench.edge import Client
from scripts.bench.site import Site
from scripts.load import crew, settling
from scripts.load.generator import Orders
from scripts.load.profiles import Act, Profile
from scripts.load.reading import Reader
from scripts.load.requests import Ground
from scripts.load.stages import Stage
from scripts.refused import RefusedError

CONNECTIONS: Final = 50
_READINGS: Final = 100
_LEAD_S: Final = 3.0
"""Generators are started within it, so that they begin at once."""
_SHORTEST_S: Final = 0.5
_TOLD: Final = {
    "REGISTER_MAX_PER_MINUTE": "100000",
    # A store that a busy machine lets answer late would count as away.
    "CACHE_TIMEOUT_MS": "2000",
}


@dataclass(frozen=True)
class Pace:
    """How fast and for how long each stage is played; *rate_per_s* None is as fast as it is answered."""

    rate_per_s: float | None
    duration_s: float


@dataclass
class Player:
    """Plays the acts of *profile* on *site*, whose database *gauge* reads."""

    site: Site
    profile: Profile
    pace: Pace
    gauge: Gauge

    async def play(self) -> Sequence[Stage]:
        """Return what each act came to; acts in turn that are cached alike share one start of the site.

        Raises:
            RefusedError: The site doesn't start, or a generator died.
        """
        stages: list[Stage] = []
        async with AsyncExitStack() as uncached:
            first = [act for act in self.profile.acts if not act.is_cached]
            if first:
                stages += await self._serve(first, uncached, CACHE_ENABLED="false")
        async with AsyncExitStack() as cached:
            stages += await self._serve([act for act in self.profile.acts if act.is_cached], cached)
        return stages

    async def _serve(self, acts: Sequence[Act], running: AsyncExitStack, **told: str) -> list[Stage]:
        settings = {**_TOLD, **self.profile.told, **told}
        await running.enter_async_context(self.site.serving(**settings))
        await running.enter_async_context(self.site.working(**settings))
        has_members = any(act.mix.members for act in acts)
        ground = await asyncio.to_thread(settling.settle, self.site, has_members=has_members)
        return [await self._act(act, ground, seed=number) for number, act in enumerate(acts)]

    async def _act(self, act: Act, ground: Ground, *, seed: int) -> Stage:
        if act.begin is not None:
            await act.begin(self.site)
        orders = Orders(
            self.site.port,
            act.mix,
            ground,
            seed,
            CONNECTIONS,
            rate_per_s=self.pace.rate_per_s,
            duration_s=self.pace.duration_s,
            begins_s=time.monotonic() + _LEAD_S,
        )
        before = self.gauge.read()
        with Reader(self.site, every_s=max(_SHORTEST_S, self.pace.duration_s / _READINGS)) as vitals:
            playing = asyncio.create_task(asyncio.to_thread(crew.play, orders, act.name))
            struck_at_s = await asyncio.to_thread(self._strike, act, orders) if act.strike else None
            played = await playing
        return Stage(act.name, played, self.gauge.read().less(before), tuple(vitals), struck_at_s)

    def _strike(self, act: Act, orders: Orders) -> float:
        """Invalidate in the middle of the time; return how many seconds after the beginning it was in force.

        Raises:
            RefusedError: The site doesn't do it.
        """
        time.sleep(max(0.0, orders.begins_s + orders.duration_s / 2 - time.monotonic()))
        client = Client(self.site.port)
        client.token = orders.ground.moderators[0].token
        status, _, body = client.ask("/api/cache/invalidate", method="POST", send=act.strike)
        if status != HTTPStatus.ACCEPTED:
            raise RefusedError(f"the invalidation was answered {status}: {body.decode(errors='replace')[:200]}")
        return time.monotonic() - orders.begins_s


async def perform(site: Site, profile: Profile, pace: Pace, *, scale: str) -> Sequence[Stage]:
    """Fill *site*, and play *profile* on it.

    Raises:
        RefusedError: Something can't be started.
    """
    print(f"making a {scale} community", file=sys.stderr, flush=True)
    await site.step("seed", "--scale", scale)
    url = site.servers["DATABASE_URL"].url
    with postgres.connect(url) as database:
        database.execute("VACUUM ANALYZE")
    gauge = Gauge(url)
    try:
        return await Player(site, profile, pace, gauge).play()
    finally:
        gauge.close()
