"""Ports on this machine: which is free, and which a server had the last time."""

import random
import socket
from pathlib import Path
from typing import Final

LOCALHOST: Final = "127.0.0.1"

# Below the ranges from which Linux and macOS give ports to outgoing connections, so that
# no passing client sits on a server's port while it restarts.
_PRIVATE: Final = range(20_000, 30_000)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def pick() -> int:
    """Return a free port of the local host, by chance, so that two clones hardly ever pick the same."""
    return next(port for port in random.sample(_PRIVATE, len(_PRIVATE)) if is_free(LOCALHOST, port))


def keep(folder: Path, name: str) -> int:
    """Return the port that a server of that name had the last time, or another one if it is taken now."""
    path = folder / "ports" / name
    path.parent.mkdir(exist_ok=True)
    kept = path.read_text() if path.exists() else ""
    if kept.isdigit() and is_free(LOCALHOST, int(kept)):
        return int(kept)
    picked = pick()
    path.write_text(str(picked))
    return picked
