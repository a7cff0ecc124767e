"""Whose turn it is when: the local store first, then whatever stands before it, and that once more."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from dealradar.config import Settings
from dealradar.invalidation import regions
from dealradar.invalidation.cdn import cloudflare, cloudfront, fastly, varnish
from dealradar.invalidation.targets import STORE, Target

AGAIN_AFTER_S: Final = 2.0
"""As long as a fetch that was under way during the write may take to bring the old answer back to a cache in front."""

FACTORIES: Final[Sequence[Callable[[Settings], Iterable[Target]]]] = (
    regions.of,
    varnish.of,
    fastly.of,
    cloudflare.of,
    cloudfront.of,
)
"""What the settings name besides the local store."""

_EXTENSION: Final = "invalidation_turns"


@dataclass(frozen=True)
class Turn:
    """One telling of *target*, *delay_s* after the turn named *after*; its *name* is what the outbox notes."""

    name: str
    target: Target
    after: str | None = None
    delay_s: float = 0.0


def connect(app: Flask, settings: Settings) -> None:
    """Give *app* the turns that *settings* ask for."""
    remote = [target for factory in FACTORIES for target in factory(settings)]
    # While the cache is switched off the store isn't told, but what stands in front goes on keeping copies. Where
    # writes invalidate nothing, nobody is told: all wait for the store.
    is_store_skipped = settings.cache_bust_on_write and not settings.cache_enabled
    app.extensions[_EXTENSION] = turns_of(remote, after=None if is_store_skipped else STORE.name)


def current() -> tuple[Turn, ...]:
    """Return the turns of the current application; a row of the outbox is delivered when it has had all of them."""
    turns: tuple[Turn, ...] = current_app.extensions[_EXTENSION]
    return turns


def turns_of(remote: Iterable[Target], *, after: str | None = STORE.name) -> tuple[Turn, ...]:
    """Return the turn of the local store, and the two of each of *remote*, which come *after* that (ADR 0044)."""
    turns = [Turn(STORE.name, STORE)]
    for target in remote:
        turns.append(Turn(target.name, target, after=after))
        turns.append(Turn(f"{target.name} again", target, after=target.name, delay_s=AGAIN_AFTER_S))
    return tuple(turns)


def names(turns: Iterable[Turn]) -> list[str]:
    """Return what the outbox calls *turns*."""
    return [turn.name for turn in turns]


def regardless_of_the_store(turns: Sequence[Turn]) -> list[str]:
    """Return the names of those of *turns*, in their order, that come whether or not the store is told."""
    waiting: set[str | None] = set()
    for turn in turns:
        if turn.target is STORE or turn.after in waiting:
            waiting.add(turn.name)
    return [turn.name for turn in turns if turn.name not in waiting]


def remote(turns: Iterable[Turn]) -> list[Target]:
    """Return the targets of *turns* other than the local store, each once."""
    return list({turn.target.name: turn.target for turn in turns if turn.target is not STORE}.values())
