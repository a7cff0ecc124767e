"""What operators do to be rid of the cache or the indexes, and to have them back: one table, each under load."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import inf
from typing import Final

from scripts import postgres
from scripts.drill.rehearsal import Rehearsal
from scripts.refused import RefusedError

POLICIES: Final = "/api/cache/policies"
CATEGORIES: Final = "/api/categories"
BEFORE_THE_INDEXES: Final = "0004"
"""The migration before the one that makes the indexes."""

INDEX_PATIENCE_S: Final = 1.0
"""For longer than that nobody may be held up by an index that comes or goes."""

_SHORT_S: Final = (30, 5, 1)
_ONE_INDEX: Final = ("--only", "idx_deals_seen_created")
_INDEXES: Final = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


@dataclass(frozen=True)
class Step:
    """One thing that is done; *is_cached* is whether public answers come out of the cache afterwards.

    *is_short* says that it belongs to the short form as well, *patience_s* how long nobody should have to wait for it.
    """

    name: str
    act: Callable[[Rehearsal], Awaitable[None]]
    is_cached: bool
    is_short: bool = False
    patience_s: float = inf


async def _look(rehearsal: Rehearsal) -> None:
    """Leave everything as it is, to have something to compare with."""
    await rehearsal.until_everywhere(lambda x_cache: x_cache == "HIT", CATEGORIES)


async def _switch_off(rehearsal: Rehearsal) -> None:
    await rehearsal.reload_web("CACHE_ENABLED=false")


async def _switch_workers_off(rehearsal: Rehearsal) -> None:
    await rehearsal.restart_workers("CACHE_ENABLED=false")


async def _switch_workers_on(rehearsal: Rehearsal) -> None:
    await rehearsal.restart_workers("CACHE_ENABLED=true")


async def _switch_on(rehearsal: Rehearsal) -> None:
    await rehearsal.reload_web("CACHE_ENABLED=true")
    await rehearsal.until_everywhere(lambda x_cache: x_cache == "HIT", CATEGORIES)


async def _shorten(rehearsal: Rehearsal) -> None:
    for ttl_s in _SHORT_S:
        await _change_all(rehearsal, ttl_s=ttl_s)


async def _end_caching(rehearsal: Rehearsal) -> None:
    await _change_all(rehearsal, enabled=False)
    await rehearsal.until_everywhere(lambda x_cache: x_cache == "BYPASS", CATEGORIES)


async def _restore(rehearsal: Rehearsal) -> None:
    await _change_all(rehearsal, ttl_s=None, enabled=None)
    await rehearsal.until_everywhere(lambda x_cache: x_cache != "BYPASS", CATEGORIES)


async def _change_all(rehearsal: Rehearsal, **told: object) -> None:
    """Change all policies, last the one by which it is seen that they are in force."""
    endpoints = [policy["endpoint"] for policy in (await rehearsal.ask(POLICIES))["items"]]
    for endpoint in sorted(endpoints, key=CATEGORIES.endswith):
        await rehearsal.ask(POLICIES, method="PATCH", send={"endpoint": endpoint, **told})


async def _drop_one(rehearsal: Rehearsal) -> None:
    await rehearsal.flask("db-indexes", "drop", *_ONE_INDEX, "--yes")


async def _drop_all(rehearsal: Rehearsal) -> None:
    await rehearsal.flask("db-indexes", "drop", "--yes")


async def _create(rehearsal: Rehearsal) -> None:
    await rehearsal.flask("db-indexes", "create")


async def _migrate_beside(rehearsal: Rehearsal) -> None:
    """Take the migration of the indexes back and forth in a database of its own; below the newest, one has no triggers.

    Raises:
        RefusedError: It doesn't lead back to where it began.
    """
    told = await rehearsal.beside()
    await rehearsal.flask("db", "upgrade", **told)
    before = _indexes(told)
    await rehearsal.flask("db", "downgrade", BEFORE_THE_INDEXES, **told)
    if _indexes(told) == before:
        raise RefusedError("flask db downgrade has left every index")
    await rehearsal.flask("db", "upgrade", **told)
    if _indexes(told) != before:
        raise RefusedError("flask db upgrade has not made the same indexes again")


def _indexes(told: dict[str, str]) -> list[tuple[object, ...]]:
    (url,) = told.values()
    with postgres.connect(url) as connection:
        return connection.execute(_INDEXES).fetchall()


STEPS: Final = (
    Step("as it was", _look, is_cached=True, is_short=True),
    Step("quick: CACHE_ENABLED=false, web reloaded", _switch_off, is_cached=False, is_short=True),
    Step("the same for worker and beat, restarted", _switch_workers_off, is_cached=False),
    Step("worker and beat back", _switch_workers_on, is_cached=False),
    Step("back: CACHE_ENABLED=true, web reloaded", _switch_on, is_cached=True, is_short=True),
    Step("gradual: lives of 30 s, 5 s, 1 s", _shorten, is_cached=True),
    Step("gradual: endpoints switched off", _end_caching, is_cached=False),
    Step("policies as declared", _restore, is_cached=True),
    Step("one index dropped", _drop_one, is_cached=True, patience_s=INDEX_PATIENCE_S),
    Step("all indexes dropped", _drop_all, is_cached=True, patience_s=INDEX_PATIENCE_S),
    Step("indexes created again", _create, is_cached=True, patience_s=INDEX_PATIENCE_S),
    Step("migration taken back and forth, beside", _migrate_beside, is_cached=True),
)
