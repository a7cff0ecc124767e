"""The profiles: what is played against which cache, for how long, and what it has to show."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import redis

from scripts.bench.site import Site
from scripts.load import goals
from scripts.load.goals import Goal
from scripts.load.traffic import Mix

LISTS: Final = "/deals"
"""The lists that most readers begin with, and each deal."""


@dataclass(frozen=True)
class Act:
    """One stage: *begin* prepares the store before it, *strike* is what is invalidated in the middle of it."""

    name: str
    is_cached: bool = True
    mix: Mix = field(default_factory=Mix)
    begin: Callable[[Site], Awaitable[None]] | None = None
    strike: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Profile:
    """*rate_per_s* is None where it asks as fast as it is answered; *told* are settings of the site."""

    name: str
    summary: str
    acts: tuple[Act, ...]
    goals: tuple[Goal, ...]
    minutes: float
    rate_per_s: float | None = None
    told: Mapping[str, str] = field(default_factory=dict)


async def _empty(site: Site) -> None:
    redis.Redis.from_url(site.servers["REDIS_URL"].url).flushall()


def _compared(mix: Mix) -> tuple[Act, ...]:
    return (Act("off", is_cached=False, mix=mix), Act("cold", mix=mix, begin=_empty), Act("warm", mix=mix))


_UNLIMITED: Final = {"RATE_LIMIT_MAX_REQUESTS": "100000000"}
_STRANGERS: Final = Mix(writes=0, members=0, has_addresses=True)
_WITH_ABUSERS: Final = Mix(writes=0, members=0, has_addresses=True, abusers=0.5)

PROFILES: Final = (
    Profile(
        "browse",
        "readers and members, 1 % writes: cache off, cold, warm",
        _compared(Mix()),
        goals.CACHING,
        minutes=1,
        told=_UNLIMITED,
    ),
    Profile(
        "stampede",
        "all deals and their lists, then everything, are invalidated under load",
        (
            Act("cold", begin=_empty),
            Act("warm"),
            Act("deals struck", strike={"paths": [LISTS]}),
            Act("all struck", strike={"all": True}),
        ),
        goals.RECOVERING,
        minutes=1,
        rate_per_s=500,
        told=_UNLIMITED,
    ),
    Profile(
        "write-heavy",
        "10 % writes: cache off, cold, warm",
        _compared(Mix(writes=0.1)),
        (goals.NO_ERRORS,),
        minutes=1,
        told=_UNLIMITED,
    ),
    Profile(
        "soak",
        "an hour, in which nothing may grow",
        (Act("warm"),),
        goals.LASTING,
        minutes=60,
        rate_per_s=300,
        told=_UNLIMITED,
    ),
    Profile(
        "abuse",
        "one address asks as much as all others together, the limiter is at its defaults",
        (Act("cold", mix=_STRANGERS, begin=_empty), Act("calm", mix=_STRANGERS), Act("abused", mix=_WITH_ABUSERS)),
        goals.LIMITING,
        minutes=0.5,
        rate_per_s=200,
        told={"TRUSTED_PROXIES": "127.0.0.1"},
    ),
)


def named(name: str) -> Profile:
    """Return the profile of that name."""
    return next(profile for profile in PROFILES if profile.name == name)
