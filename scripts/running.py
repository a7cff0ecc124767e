"""Whether this clone runs, and what the other commands have to know of it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from scripts.clone import Clone
from scripts.refused import RefusedError
from scripts.roster import Entry
from scripts.secret_files import write_private


@dataclass(frozen=True)
class Running:
    """A run of the whole: its supervisor, where the site is, and the URLs of its servers."""

    pid: int
    began_s: float
    site: str
    urls: dict[str, str]


def now(clone: Clone) -> Running | None:
    """Return the run that goes on in this clone."""
    try:
        running = Running(**json.loads((clone.var / "running.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    alive = Entry("supervisor", running.pid, running.began_s).is_alive()
    return running if alive else None


def tell(clone: Clone, *, site: str, urls: dict[str, str]) -> None:
    """Let the other commands know of this process's run."""
    supervisor = Entry.of("supervisor", os.getpid())
    running = Running(supervisor.pid, supervisor.began_s, site, urls)
    write_private(clone.var / "running.json", json.dumps(asdict(running)))


@contextmanager
def alone(clone: Clone) -> Iterator[None]:
    """Be the only run of this clone; the kernel lets go of the lock when its holder dies.

    Raises:
        RefusedError: Another one goes on.
    """
    lock = os.open(clone.make_var() / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        other = now(clone)
        where = f" (process {other.pid}, {other.site})" if other else ""
        raise RefusedError(f"this clone runs already{where}: stop that one first, with Ctrl-C") from None
    try:
        yield
    finally:
        (clone.var / "running.json").unlink(missing_ok=True)
        os.close(lock)
