"""What may be done to a running site, and undone: each returns what does it, or does it itself."""

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import redis

from scripts.consistency.faults import delay
from scripts.consistency.stack import CACHE, DATABASE, Stack
from scripts.drill.inbox import Inbox
from scripts.drill.traffic import Traffic

MIB: Final = 1_048_576
FILLING: Final = "filling"

_DEMAND_S: Final = 6.0
"""By then every process has told what it was asked for, among which samples are drawn."""

_UNHEARD: Final = """
    SET session_replication_role = replica;
    UPDATE deals SET title = title || '.';
    UPDATE merchants SET name = name || '.'
"""


@dataclass
class Stage:
    """What may be harmed."""

    stack: Stack
    inbox: Inbox
    traffic: Traffic
    frozen: list[psutil.Process] = field(default_factory=list)

    def cache(self) -> redis.Redis:
        """Return a client of the cache's Redis."""
        return redis.Redis.from_url(self.stack.servers[CACHE].url)

    def sql(self, statement: str) -> None:
        """Do to the database what psql would."""
        with self.stack.connect() as connection:
            connection.execute(statement.encode())

    async def freeze(self, name: str) -> None:
        """Stop all processes of a part where they are."""
        parent = psutil.Process(self.stack.pid(name))
        self.frozen += [parent, *parent.children(recursive=True)]
        for process in self.frozen:
            process.send_signal(signal.SIGSTOP)

    async def thaw(self) -> None:
        """Let them go on."""
        for process in self.frozen:
            process.send_signal(signal.SIGCONT)
        self.frozen.clear()


Act = Callable[[Stage], Awaitable[None]]


def missing(share: float) -> Act:
    """Of the requests, *share* isn't in the cache."""

    async def act(stage: Stage) -> None:
        stage.traffic.miss_share = share

    return act


def slow(seconds: float) -> Act:
    """Each statement about deals takes *seconds*."""

    async def act(stage: Stage) -> None:
        await asyncio.to_thread(_veil, stage, f"(SELECT pg_sleep({seconds})) IS NOT NULL")
        stage.traffic.miss_share = 1.0

    return act


def failing(share: float) -> Act:
    """Each statement about deals fails, and *share* of the requests needs one."""

    async def act(stage: Stage) -> None:
        await asyncio.to_thread(_veil, stage, "(SELECT count(*) FROM pg_class WHERE 1 / (relpages - relpages) = 1) = 0")
        stage.traffic.miss_share = share

    return act


def _veil(stage: Stage, condition: str) -> None:
    """Have a view in the place of the table that only misses need, which costs what *condition* costs."""
    stage.sql("DO $$ BEGIN ALTER TABLE deals RENAME TO deals_of_old; EXCEPTION WHEN OTHERS THEN END $$")
    stage.sql(f"CREATE OR REPLACE VIEW deals AS SELECT * FROM deals_of_old WHERE {condition}")  # noqa: S608 - from above


async def unveil(stage: Stage) -> None:
    """Let statements about deals be what they were."""
    stage.traffic.miss_share = 0.0
    await asyncio.to_thread(stage.sql, "DROP VIEW deals; ALTER TABLE deals_of_old RENAME TO deals")


def filled(mib: int) -> Act:
    """Redis holds so many MiB of nothing."""

    async def act(stage: Stage) -> None:
        await asyncio.to_thread(_fill, stage, mib)

    return act


def _fill(stage: Stage, mib: int) -> None:
    with stage.cache() as cache:
        cache.mset({f"filling:{number}": os.urandom(MIB) for number in range(mib)})


async def emptied(stage: Stage) -> None:
    """Take that out of Redis."""
    with stage.cache() as cache:
        await asyncio.to_thread(cache.delete, *(f"filling:{number}" for number in range(200)))


def late(seconds: float) -> Act:
    """Redis answers so many *seconds* late."""

    async def act(stage: Stage) -> None:
        await delay(stage.stack, seconds)

    return act


def killed(name: str) -> Act:
    """Return what kills a part, or a server that is named by its variable."""

    async def act(stage: Stage) -> None:
        await stage.stack.kill(name)

    return act


def revived(name: str) -> Act:
    """Return what starts it again; and Redis answers at once."""

    async def act(stage: Stage) -> None:
        await delay(stage.stack, 0)
        await stage.stack.revive(name)

    return act


async def freeze_workers(stage: Stage) -> None:
    """Stop the workers where they are, and write past the site."""
    await stage.freeze("worker")
    await asyncio.to_thread(stage.sql, "UPDATE deals SET price_cents = price_cents + 1 WHERE id = 1")


async def wait(_stage: Stage) -> None:
    """Leave it as it is: it gets worse by itself."""


async def thaw(stage: Stage) -> None:
    """Let them go on."""
    await stage.thaw()


async def write_unheard(stage: Stage) -> None:
    """Change what is shown everywhere, in a way that no trigger sees."""
    stage.traffic.miss_share = 0.5
    await asyncio.sleep(_DEMAND_S)
    stage.traffic.miss_share = 0.0
    await asyncio.to_thread(stage.sql, _UNHEARD)


def delayed_at_the_door(seconds: int) -> Act:
    """PostgreSQL has whoever connects wait so many *seconds*."""

    async def act(stage: Stage) -> None:
        await asyncio.to_thread(_set, stage, f"pre_auth_delay = '{seconds}s'")

    return act


def _set(stage: Stage, setting: str) -> None:
    with stage.stack.connect() as connection:
        connection.autocommit = True
        connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


async def kill_database(stage: Stage) -> None:
    """Kill PostgreSQL, which will have nobody wait when it is back."""
    await asyncio.to_thread(_set, stage, "pre_auth_delay = '0s'")
    await stage.stack.kill(DATABASE)


async def close_inbox(stage: Stage) -> None:
    """Stop the mail server for a while in which there is something to tell."""
    await asyncio.to_thread(stage.inbox.close)
    await asyncio.to_thread(_fill, stage, 80)
    await asyncio.sleep(20)


async def open_inbox(stage: Stage) -> None:
    """Start it again."""
    await asyncio.to_thread(stage.inbox.open)


def disk_with(free_share: float) -> Act:
    """So much of the site's disk, which is one of its own, is left free."""

    async def act(stage: Stage) -> None:
        await asyncio.to_thread(_fill_disk, stage.stack.folder / FILLING, free_share)

    return act


def _fill_disk(file: Path, free_share: float) -> None:
    disk = shutil.disk_usage(file.parent)
    with file.open("ab") as filling:
        os.posix_fallocate(filling.fileno(), filling.tell(), disk.free - int(free_share * disk.total))


async def free_disk(stage: Stage) -> None:
    """Delete what filled the disk."""
    (stage.stack.folder / FILLING).unlink()
