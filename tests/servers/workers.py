"""Celery's processes as they are deployed."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
STOPPED_WITHIN_S: Final = 20.0


class Workers:
    """A worker and beat with *environment*, in *directory* what they write."""

    def __init__(self, environment: dict[str, str], directory: Path) -> None:
        self._environment = os.environ | environment
        self._directory = directory
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start both; they are ready when they do something."""
        self._run("worker", "--concurrency", "1", "--without-mingle", "--without-gossip")
        self._run("beat", "--schedule", str(self._directory / "beat"), "--pidfile=")

    def stop(self) -> None:
        """Stop both, and what they started."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _run(self, what: str, *options: str) -> None:
        command = [sys.executable, "-m", "celery", "--app", "celery_worker", what, *options]
        with (self._directory / f"{what}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603  our own program
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)
