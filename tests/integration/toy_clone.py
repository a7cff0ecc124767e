"""A clone with a toy application in it, run by the real `scripts/dev run` in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from scripts.clone import Clone
from scripts.roster import Roster
from scripts.running import now

REPOSITORY: Final = Path(__file__).resolve().parents[2]
PATIENCE_S: Final = 60.0
SERVERS: Final = frozenset({"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"})

PROCFILE: Final = """\
web: exec python web.py
worker: exec python wait.py
beat: exec python wait.py
release: exit 1
"""
WAIT: Final = """\
import time
print("waiting", flush=True)
time.sleep(600)
"""
WEB: Final = """\
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
"""
WSGI: Final = """\
import os
import click, flask, psycopg

app = flask.Flask(__name__)

def execute(statement):
    with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute(statement)

@app.cli.group()
def db(): ...

@db.command()
def upgrade():
    execute("CREATE TABLE IF NOT EXISTS users (name text)")
    print("tables made")

@app.cli.command()
@click.option("--scale")
def seed(scale):
    execute("INSERT INTO users VALUES ('member')")
    print(scale, "community made")
"""
RUN: Final = """\
import os, sys
from pathlib import Path
from scripts.clone import Clone
from scripts.refused import RefusedError
from scripts.run import run
try:
    sys.exit(run(Clone(Path.cwd()), seed="small"))
except RefusedError as reason:
    sys.exit(str(reason))
"""


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until *holds* does; fail saying *what* didn't come true."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, f"waited {PATIENCE_S:g} s in vain: {what}"
        time.sleep(0.02)


class ToyClone:
    """A folder with the toy application, and the runs of it."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        self.environment = {"PORT": str(free_port()), **environment}
        self._runs: list[subprocess.Popen[bytes]] = []
        self._read = 0
        root.mkdir()
        for name, text in (("Procfile", PROCFILE), ("wait.py", WAIT), ("web.py", WEB), ("wsgi.py", WSGI)):
            (root / name).write_text(text)

    def procfile(self, **lines: str) -> None:
        """Let some parts run something else."""
        old = dict(line.split(": ", 1) for line in PROCFILE.splitlines())
        (self.root / "Procfile").write_text("".join(f"{name}: {line}\n" for name, line in {**old, **lines}.items()))

    def urls(self) -> dict[str, str]:
        """Return the URLs of the servers that run."""
        running = now(Clone(self.root))
        assert running is not None
        return running.urls

    def start(self) -> subprocess.Popen[bytes]:
        """Call `scripts/dev run` and return at once; what it says from now on is its own."""
        inherited = {name: value for name, value in os.environ.items() if name not in SERVERS}
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        self._read = len(self._log())
        with (self.root / "log").open("ab") as log:
            run = subprocess.Popen(  # noqa: S603 - our own program
                (sys.executable, "-c", RUN),
                cwd=self.root,
                env={**inherited, "PATH": path, "PYTHONPATH": str(REPOSITORY), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._runs.append(run)
        return run

    def up(self) -> subprocess.Popen[bytes]:
        """Call `scripts/dev run` and wait until everything runs."""
        run = self.start()
        self.says("DealRadar is up")
        return run

    def said(self) -> str:
        """Return what the newest run has said so far."""
        return self._log()[self._read :]

    def says(self, text: str) -> None:
        """Wait until the newest run has said *text*."""
        until(lambda: text in self.said() or self._runs[-1].poll() is not None, f"{text!r} in:\n{self.said()}")
        assert text in self.said(), self.said()

    def pids(self) -> dict[str, int]:
        """Return the process of each part of the newest run."""
        roster = Roster(self.root / "var" / "rosters" / f"{self._runs[-1].pid}.json")
        return {entry.name: entry.pid for entry in roster.entries()}

    def starts_again(self, name: str, *, instead_of: int) -> None:
        """Wait until a part has another process."""
        until(lambda: self.pids().get(name) not in {None, instead_of}, f"{name} runs again")

    def processes(self) -> list[psutil.Process]:
        """Return every process that belongs to this clone: it is there, or was told of it."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def leave(self) -> None:
        """Kill all that a failed test may have left."""
        for process in self.processes():
            process.kill()
        for run in self._runs:
            run.wait()

    def _owns(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return any(str(self.root) in place for place in (process.cwd(), *process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _log(self) -> str:
        log = self.root / "log"
        return log.read_text() if log.exists() else ""
