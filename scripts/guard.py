"""A process that stops the parts when the one that started them vanishes without stopping them.

It sees its master's death as the end of its standard input, whatever killed it. `main` is the
guard's own side; `Guard` is the master's.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from scripts.clone import HERE
from scripts.roster import Roster
from scripts.stopping import stop


class Guard:
    """Watches its master; *throw_away* is a folder that it removes in the end."""

    def __init__(self, roster: Roster, *, throw_away: Path | None = None) -> None:
        """Start watching."""
        self._command = [sys.executable, "-m", "scripts.guard", str(roster.path)]
        self._command += [str(throw_away)] if throw_away else []
        self._process = self._start()

    def renew(self) -> bool:
        """Start another guard if this one was killed; return whether it was."""
        if self._process.poll() is None:
            return False
        self._process = self._start()
        return True

    def dismiss(self) -> None:
        """Let it stop and remove what is left, and wait until it has."""
        self._process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=HERE.root, stdin=subprocess.PIPE, start_new_session=True)


def main(roster: Path, throw_away: Path | None = None) -> None:
    """Wait for the master's end, then stop what it has left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop(Roster(roster).entries())
    roster.unlink(missing_ok=True)
    if throw_away:
        shutil.rmtree(throw_away, ignore_errors=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
