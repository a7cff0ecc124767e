"""The servers that the application needs: those that the developer names, and private ones for the rest."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts import postgres, valkey
from scripts.parts import Server


@dataclass(frozen=True)
class Kind:
    """What is started where *variable* names no server: one that lasts, or one for a test run."""

    variable: str
    lasting: Callable[[Path], Server]
    brief: Callable[[Path], Server]


KINDS: Final = (
    Kind("REDIS_URL", valkey.cache, valkey.cache),
    Kind("CELERY_BROKER_URL", valkey.broker, valkey.brief_broker),
    Kind("DATABASE_URL", postgres.lasting, postgres.brief),
)


def lasting(folder: Path, *, given: Collection[str]) -> dict[str, Server]:
    """Make ready, but don't start, the servers whose variables aren't *given*; they keep their data in *folder*."""
    return {kind.variable: kind.lasting(folder) for kind in KINDS if kind.variable not in given}


def brief(folder: Path) -> dict[str, Server]:
    """Make ready, but don't start, all servers, quick instead of safe: their data goes with them."""
    return {kind.variable: kind.brief(folder) for kind in KINDS}
