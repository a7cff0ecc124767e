"""A PostgreSQL of one's own and its streaming replica, which can be held up and killed."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from sqlalchemy.engine import make_url

from scripts import place, ports, postgres
from scripts.parts import Account, Server

WITHIN_S: Final = 60.0

# The log gets to the replica at once, and nothing gets into it that the tests haven't written.
_PROMPT: Final = ("--synchronous_commit=on", "--wal_writer_delay=1ms", "--autovacuum=off", "--checkpoint_timeout=1h")


@dataclass
class Running:
    """A server that runs, or ran."""

    server: Server = field(repr=False)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        part = self.server.part
        self.process = subprocess.Popen(  # noqa: S603  a binary of ours
            part.command,
            cwd=part.cwd,
            env=part.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **Account.popen_options(part.account),
        )
        deadline_s = time.monotonic() + WITHIN_S
        while not self.server.answers(self.server.url):
            if time.monotonic() > deadline_s or self.process.poll() is not None:
                self.kill()
                raise RuntimeError(f"{part.name} does not answer.")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it with all its processes, and wait until it is gone."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ask(self, question: str, *values: object) -> Any:
        """Return the one value that *question* is answered with, in the application's database."""
        with postgres.connect(self.server.url) as connection:
            (answer,) = connection.execute(question.encode(), values).fetchone() or (None,)
        return answer


@dataclass(frozen=True)
class Pair:
    """A primary and its replica."""

    primary: Running
    replica: Running

    def hold(self) -> None:
        """Have the replica replay nothing from now on."""
        self.replica.ask("SELECT pg_wal_replay_pause()")
        self._await("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    def catch_up(self) -> None:
        """Have the replica replay everything, and wait until it has."""
        self.replica.ask("SELECT pg_wal_replay_resume()")
        # A commit is what flushes the log, also what was written there by statements that only read.
        self.primary.ask("SELECT pg_logical_emit_message(true, '', '')")
        end = self.primary.ask("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
        self._await("SELECT pg_last_wal_replay_lsn() >= CAST(%s AS pg_lsn)", end)

    def _await(self, question: str, *values: object) -> None:
        deadline_s = time.monotonic() + WITHIN_S
        while not self.replica.ask(question, *values):
            assert time.monotonic() < deadline_s, question
            time.sleep(0.01)


@contextmanager
def pair() -> Iterator[Pair]:
    """Run a primary and its replica until the block ends."""
    folder = place.temporary()
    primary = Running(_prompt(postgres.brief(folder)))
    replica = Running(_replica_of(primary.server, folder))
    try:
        primary.start()
        _copy(primary.server, folder)
        replica.start()
        yield Pair(primary, replica)
    finally:
        replica.kill()
        primary.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _prompt(server: Server) -> Server:
    return replace(server, part=replace(server.part, command=(*server.part.command, *_PROMPT)))


def _replica_of(primary: Server, folder: Path) -> Server:
    port = ports.keep(folder, "replica")
    program, flag, _, *options = primary.part.command
    command = (program, flag, str(_folder(folder)), *options, f"--port={port}")
    url = make_url(primary.url).set(port=port).render_as_string(hide_password=False)
    return Server(replace(primary.part, name="replica", command=command), url, _answers)


def _copy(primary: Server, folder: Path) -> None:
    data = _folder(folder)
    data.mkdir(mode=0o700)
    account = primary.part.account
    if account is not None:
        os.chown(data, account.uid, account.gid)
    at = urlsplit(primary.url)
    subprocess.run(  # noqa: S603  likewise
        (
            str(Path(primary.part.command[0]).with_name("pg_basebackup")),
            *("--host", str(at.hostname), "--port", str(at.port), "--username", str(at.username), "--no-password"),
            *("--pgdata", str(data), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
        ),
        cwd="/",
        env={**primary.part.environment, "PGPASSWORD": str(at.password)},
        check=True,
        timeout=WITHIN_S,
        **Account.popen_options(account),
    )


def _folder(folder: Path) -> Path:
    return folder / "replica"


def _answers(url: str) -> bool:
    try:
        postgres.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
