"""What is done to the site while it serves: one table, and how each is done and undone."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import psutil
import redis

from scripts import ports
from scripts.consistency import failpoint
from scripts.consistency.history import Injected, Outage, What
from scripts.consistency.stack import BROKER, CACHE, Stack

_DICE: Final = random.Random()  # noqa: S311 - no secret
_PAUSE_S: Final = (0.3, 2.0)
_FROZEN_S: Final = 0.02
_ARMED_S: Final = 3.0
_USUAL_MEMORY: Final = "256mb"
_DELAYS_S: Final = (0.03, 0.3, 1.5)
_SNAPSHOT_AGE_S: Final = (1.0, 2.5)
_SNAPSHOT: Final = "dump.rdb"


@dataclass
class Injector:
    """Does faults to *stack*; keeps what was out of order when, and when web processes died."""

    stack: Stack
    outages: list[Outage] = field(default_factory=list)
    deaths_s: list[float] = field(default_factory=list)
    done: list[Injected] = field(default_factory=list)

    async def go_on(self, faults: tuple["Fault", ...], *, for_s: float) -> None:
        """Do *faults* one after the other, in a new order each time, until *for_s* is over."""
        until_s = time.monotonic() + for_s
        deck: list[Fault] = []
        while (left_s := until_s - time.monotonic()) > 0:
            await asyncio.sleep(min(_DICE.uniform(*_PAUSE_S), left_s))
            deck = deck or _DICE.sample(faults, len(faults))
            if deck and time.monotonic() < until_s:
                fault = deck.pop()
                began_s = time.monotonic()
                with suppress(MissedError):
                    await fault.inject(self)
                    self.done.append(Injected(fault.name, began_s, time.monotonic()))

    @contextmanager
    def outage(self, what: What, *, deaf: bool = False) -> Iterator[None]:
        """Note that something is out of order during the block; it is known from the first moment."""
        began_s = time.monotonic()
        self.outages.append(Outage(what, began_s, deaf=deaf))
        place = len(self.outages) - 1
        try:
            yield
        finally:
            self.outages[place] = Outage(what, began_s, time.monotonic(), deaf=deaf)


class MissedError(Exception):
    """There was nothing to harm."""


async def _kill_web(injector: Injector) -> None:
    folder = injector.stack.folder
    failpoint.arm(folder)
    until_s = time.monotonic() + _ARMED_S
    while failpoint.is_armed(folder):
        if time.monotonic() > until_s:
            with suppress(FileNotFoundError):
                failpoint.disarm(folder)
                raise MissedError
        await asyncio.sleep(_FROZEN_S / 2)
    injector.deaths_s.append(time.monotonic())


async def _kill_any_web(injector: Injector) -> None:
    children = psutil.Process(injector.stack.pid("web")).children()
    if not children:
        raise MissedError
    os.kill(_DICE.choice(children).pid, signal.SIGKILL)
    injector.deaths_s.append(time.monotonic())


async def _kill_cache(injector: Injector) -> None:
    with injector.outage(What.STORE):
        await injector.stack.kill(CACHE)
        with injector.outage(What.STORE, deaf=True):
            await asyncio.sleep(_DICE.uniform(0.1, 2.0))
        await injector.stack.revive(CACHE)


async def _restart_cache(injector: Injector) -> None:
    """Have the store come back with what it knew before invalidations that were paid since, and noted as paid."""
    await asyncio.to_thread(_cache_does, injector.stack, lambda store: store.save())
    await asyncio.sleep(_DICE.uniform(*_SNAPSHOT_AGE_S))
    await _kill_cache(injector)
    injector.stack.folder_of(CACHE).joinpath(_SNAPSHOT).unlink()  # who is merely killed comes back empty


async def _hang_cache(injector: Injector) -> None:
    with injector.outage(What.STORE):
        os.kill(injector.stack.pid(CACHE), signal.SIGSTOP)
        await asyncio.sleep(_FROZEN_S)
        with injector.outage(What.STORE, deaf=True):
            await asyncio.sleep(_DICE.uniform(1.0, 3.0))
        os.kill(injector.stack.pid(CACHE), signal.SIGCONT)


async def _flush_cache(injector: Injector) -> None:
    with injector.outage(What.MEMORY):
        await asyncio.to_thread(_cache_does, injector.stack, lambda store: store.flushall())


async def _evict(injector: Injector) -> None:
    with injector.outage(What.MEMORY):
        before = await asyncio.to_thread(_cache_does, injector.stack, _shrink)
        await asyncio.sleep(_DICE.uniform(1.0, 3.0))
        after = await asyncio.to_thread(_cache_does, injector.stack, _grow)
    if after == before:
        raise MissedError


async def _kill_worker(injector: Injector) -> None:
    await _kill_sweep(injector, "worker")


async def _kill_broker(injector: Injector) -> None:
    await _kill_sweep(injector, BROKER)


async def _kill_sweep(injector: Injector, name: str) -> None:
    with injector.outage(What.SWEEP):
        await injector.stack.kill(name)
        await asyncio.sleep(_DICE.uniform(0.1, 1.5))
        await injector.stack.revive(name)
        await injector.stack.sweep_works()


async def _slow_cache(injector: Injector) -> None:
    with injector.outage(What.STORE):
        await delay(injector.stack, _DICE.choice(_DELAYS_S))
        await asyncio.sleep(_DICE.uniform(1.0, 3.0))
        await delay(injector.stack, 0)


async def delay(stack: Stack, seconds: float) -> None:
    """Have the store answer so many *seconds* late."""
    told, order = await asyncio.open_connection(ports.LOCALHOST, stack.control_port)
    order.write(f"{seconds}\n".encode())
    await told.read()
    order.close()


def _cache_does(stack: Stack, act: Callable[["redis.Redis"], int]) -> int:
    with redis.Redis.from_url(stack.servers[CACHE].url, socket_timeout=2) as store:
        return act(store)


def _shrink(store: "redis.Redis") -> int:
    """Leave so little memory that much of what is stored goes, and little of what follows stays.

    Returns how many keys had been evicted before.
    """
    memory, evicted = store.info("memory"), _evicted(store)
    store.config_set("maxmemory", int(memory["used_memory"]) - int(memory["used_memory_dataset"]) * 3 // 4)
    return evicted


def _grow(store: "redis.Redis") -> int:
    """Leave as much memory as before; return how many keys have been evicted."""
    store.config_set("maxmemory", _USUAL_MEMORY)
    return _evicted(store)


def _evicted(store: "redis.Redis") -> int:
    return int(store.info("stats")["evicted_keys"])


@dataclass(frozen=True)
class Fault:
    """One way of doing harm; *inject* returns when it is undone."""

    name: str
    inject: Callable[[Injector], Awaitable[None]]


FAULTS: Final = (
    Fault("kill-web", _kill_web),
    Fault("kill-any-web", _kill_any_web),
    Fault("kill-redis", _kill_cache),
    Fault("restart-redis", _restart_cache),
    Fault("flush-redis", _flush_cache),
    Fault("hang-redis", _hang_cache),
    Fault("evict", _evict),
    Fault("kill-worker", _kill_worker),
    Fault("kill-broker", _kill_broker),
    Fault("slow-redis", _slow_cache),
)
ALL: Final = "all"
NONE: Final = "none"


def named(names: str) -> tuple[Fault, ...]:
    """Return the faults that *names* stand for, which commas part.

    Raises:
        ValueError: There is none of such a name.
    """
    wanted = set(names.split(","))
    if unknown := wanted - {ALL, NONE, *(fault.name for fault in FAULTS)}:
        raise ValueError(f"there is no fault {', '.join(sorted(unknown))}")
    return tuple(fault for fault in FAULTS if wanted & {ALL, fault.name})
