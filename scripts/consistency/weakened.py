"""The site without one of its protections, by which the check shows that it would miss it: one table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from unittest.mock import patch

from dealradar.cache import Entry, Hit, Lease, Miss, redis_store
from dealradar.cache.leases import RedisLeases
from dealradar.cache.store import judge
from dealradar.invalidation import replaying
from dealradar.invalidation.triggers import SWITCH

WITHOUT: Final = "CONSISTENCY_WITHOUT"
"""The variable by which the site's processes know what is taken away from them."""


@dataclass(frozen=True)
class Weakening:
    """A protection that is taken away: by what *harm* does to each process, or by what the database is told first.

    *sql* has a place for the name of the database.
    """

    name: str
    harm: Callable[[], object] = lambda: None
    sql: str | None = None


def _believe_every_entry() -> None:
    def believe(entry: Entry, tags: Iterable[str], *, known: Mapping[str, str], now_s: float) -> Hit | Miss:
        return judge(entry, tags, known={**known, **dict(entry.versions)}, now_s=now_s)

    patch.object(redis_store, "judge", believe).start()


NOTHING: Final = Weakening("nothing")


def _lend_to_everybody() -> None:
    patch.object(RedisLeases, "take", lambda _leases, key: Lease(key, "anybody")).start()


def _replay_nothing() -> None:
    patch.object(replaying, "is_paying", lambda: False).start()  # who doesn't pay in writes has nothing to replay


WEAKENINGS: Final = (
    NOTHING,
    Weakening("version-check", harm=_believe_every_entry),
    Weakening("lease", harm=_lend_to_everybody),
    Weakening("replay", harm=_replay_nothing),
    Weakening("outbox", sql=f"ALTER DATABASE {{}} SET {SWITCH} = 'off'"),
)


def named(names: str) -> Weakening:
    """Return the weakening of that name, or all in one that are named, with commas between.

    Raises:
        ValueError: There is none of that name.
    """
    known = {one.name: one for one in WEAKENINGS}
    if unknown := [name for name in names.split(",") if name not in known]:
        raise ValueError(f"there is no protection {unknown[0]!r}")
    chosen = [known[name] for name in names.split(",")]
    sql = [one.sql for one in chosen if one.sql]
    return Weakening(names, harm=lambda: [one.harm() for one in chosen], sql="; ".join(sql) or None)
