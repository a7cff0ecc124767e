"""``flask cache stats``: what the store and the database say about the cache."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

import click
from flask import current_app

from dealradar.cache import Health, StoreUnavailableError
from dealradar.cache.census import Census
from dealradar.config import Settings
from dealradar.httpcache import stores
from dealradar.httpcache.control import jobs
from dealradar.httpcache.control.jobs import State
from dealradar.invalidation import outbox
from dealradar.invalidation.outbox import Backlog
from dealradar.monitoring import servers
from dealradar.monitoring.servers import StoreReading
from dealradar.monitoring.windows import Window, read_window

MIB: Final = 1_048_576
HOUR_S: Final = 3_600


@dataclass(frozen=True)
class Stats:
    """What is known of the cache just now.

    Attributes:
        store: None where it can't be asked, or the cache is switched off.
        keys: Likewise.
        breakers: As this process found them after asking.
        answers: Of all processes, in the last hour.
    """

    is_enabled: bool
    store: StoreReading | None
    keys: Census | None
    breakers: Health
    answers: Window
    outbox: Backlog
    jobs: Mapping[State, int]


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(*, as_json: bool) -> None:
    """Print what the store holds, how answers were come by, and what is owed and waits."""
    stats = take()
    if as_json:
        click.echo(json.dumps(asdict(stats)))
        return
    for name, value in lines(stats):
        click.echo(f"{name:<10} {value}")


def take() -> Stats:
    """Return what is known just now.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    settings: Settings = current_app.extensions["settings"]
    keys = _census()
    return Stats(
        is_enabled=settings.cache_enabled,
        store=servers.read_store(settings.redis_url) if settings.cache_enabled else None,
        keys=keys,
        breakers=stores.current().health(),
        answers=read_window(HOUR_S, now=datetime.now(UTC)),
        outbox=outbox.backlog(),
        jobs=jobs.counts(),
    )


def lines(stats: Stats) -> Iterator[tuple[str, str]]:
    """Return what is printed of *stats*: names and values."""
    yield "store", _store(stats)
    if stats.keys is not None:
        about = "" if stats.keys.is_whole else " (of the first that were met; there are more)"
        yield "keys", ", ".join(f"{count} {kind}" for kind, count in stats.keys.counts.items()) + about
    yield "breakers", f"reads {stats.breakers.reads.phase}, bumps {stats.breakers.bumps.phase}, as seen from here"
    yield "answers", _told(stats.answers)
    yield "outbox", f"{stats.outbox.tags} tags owed, the oldest for {stats.outbox.oldest_s:.1f} s"
    yield "jobs", ", ".join(f"{count} {state}" for state, count in stats.jobs.items())


def _store(stats: Stats) -> str:
    if not stats.is_enabled:
        return "switched off by CACHE_ENABLED"
    if stats.store is None:
        return "down"
    limit = f" of {stats.store.max_memory_bytes / MIB:.0f}" if stats.store.max_memory_bytes else ""
    memory = f"{stats.store.memory_bytes / MIB:.1f}{limit} MiB"
    return f"up, {stats.store.keys} keys of whomever, {memory}, {stats.store.evictions} evicted"


def _told(answers: Window) -> str:
    ratio = "none asked for" if answers.hit_ratio is None else f"{answers.hit_ratio:.1%} hits"
    return f"{ratio} in the last hour: {answers.hits} hits, {answers.misses} misses, {answers.bypasses} bypasses"


def _census() -> Census | None:
    try:
        return stores.census()
    except StoreUnavailableError:
        return None
