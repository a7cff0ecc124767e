"""Which processes run, kept in a file, so that they can be found again when who started them is gone."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil

from scripts.secret_files import write_private

# Clocks are set while processes run, and the time at which one began moves with them.
_SAME_START_S: Final = 2.0


@dataclass(frozen=True)
class Entry:
    """One process: the pid alone could be another's by now, so the time at which it began goes with it."""

    name: str
    pid: int
    began_s: float
    stage: int = 0
    signals: tuple[int, ...] = ()

    @classmethod
    def of(cls, name: str, pid: int, *, stage: int = 0, signals: tuple[int, ...] = ()) -> "Entry":
        """Return the entry of a process that is alive, or dead and not yet reaped."""
        return cls(name, pid, psutil.Process(pid).create_time(), stage, signals)

    def is_alive(self) -> bool:
        """Return whether this very process runs; one that is dead and not yet reaped doesn't."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began_s) < _SAME_START_S
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


class Roster:
    """The entries in a file; only one process writes it at a time."""

    def __init__(self, path: Path) -> None:
        """Keep the entries in *path*; a file that isn't there, or isn't whole, is an empty roster."""
        self.path = path

    def entries(self) -> tuple[Entry, ...]:
        """Return what the file says."""
        try:
            rows = json.loads(self.path.read_text())
            return tuple(Entry(**{**row, "signals": tuple(row["signals"])}) for row in rows)
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return ()

    def add(self, entry: Entry) -> None:
        """Remember a process."""
        self._write((*self.entries(), entry))

    def drop(self, pid: int) -> None:
        """Forget a process that is gone."""
        self._write(tuple(entry for entry in self.entries() if entry.pid != pid))

    def _write(self, entries: tuple[Entry, ...]) -> None:
        write_private(self.path, json.dumps([asdict(entry) for entry in entries]))
