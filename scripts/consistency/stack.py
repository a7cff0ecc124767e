"""The site as it is deployed, with servers of its own, every part of which may be killed and started again."""

import asyncio
import http.client
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from scripts import flask_command, parts, ports, postgres, servers
from scripts.clone import Clone
from scripts.consistency import failpoint, weakened
from scripts.consistency.weakened import Weakening
from scripts.parts import Part, Server
from scripts.refused import RefusedError
from scripts.supervise import Member, Supervisor

_PATIENCE_S: Final = 90.0
_LOOK_AGAIN_S: Final = 0.02
_PARTS: Final = ("web", "worker", "beat")
_HARMED_ENTRIES: Final = (
    ("wsgi:app", "scripts.consistency.harmed:app"),
    ("celery_worker", "scripts.consistency.harmed_worker"),
)

CACHE: Final = "REDIS_URL"
BROKER: Final = "CELERY_BROKER_URL"
DATABASE: Final = "DATABASE_URL"

# Nobody is held up, and a person more or less joins.
_TOLD: Final = {
    "DEALRADAR_ENV": "test",
    "LOG_LEVEL": "warning",
    "WEB_CONCURRENCY": "3",
    "WEB_THREADS": "8",
    "WORKER_CONCURRENCY": "1",
    "RATE_LIMIT_MAX_REQUESTS": "100000000",
    "LOGIN_MAX_TRIES_PER_MINUTE": "1000",
    "REGISTER_MAX_PER_MINUTE": "1000",
    "PYTHONUNBUFFERED": "1",
}


@dataclass
class Stack:
    """The parts that run in *folder*, out of the code of *clone*, *weakened*; *port* is the site's.

    What the parts are *told* goes before what they are told otherwise.
    """

    clone: Clone
    folder: Path
    supervisor: Supervisor
    weakening: Weakening = weakened.NOTHING
    told: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=ports.pick)
    servers: Mapping[str, Server] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    control_port: int = field(default_factory=ports.pick)
    _canary: int = 0

    async def start(self) -> None:
        """Bring everything up; return when it answers and the sweep is seen to work.

        Raises:
            RefusedError: A step failed.
        """
        self.servers = await asyncio.to_thread(servers.brief, self.folder)
        for variable in self.servers:
            await self.revive(variable)
        environment = self._environment(self._proxied())
        migrate = Part("migrate", flask_command.command("db", "upgrade"), self.clone.root, environment)
        await self.supervisor.step(migrate)
        await asyncio.to_thread(self._weaken_database)
        self.port = ports.pick()  # anew: what was free when the servers began to start may be taken by now
        environment = {**environment, "PORT": str(self.port)}
        procfile = parts.from_procfile(self._harmed_procfile(), cwd=self.folder, environment=environment)
        for part in procfile:
            if part.name in _PARTS:
                self.members[part.name] = self.supervisor.start(part)
        await self.supervisor.until(self.members["web"], partial(_answers, self.port), patience_s=_PATIENCE_S)
        await self.sweep_works()

    async def start_reference(self) -> int:
        """Start a site beside it that never caches; return its port."""
        port = ports.pick()
        web = self.members["web"].part
        told = {"PORT": str(port), "CACHE_ENABLED": "false", "WEB_CONCURRENCY": "1"}
        part = Part("plain", web.command, web.cwd, {**web.environment, **told})
        await self.supervisor.until(self.supervisor.start(part), partial(_answers, port), patience_s=_PATIENCE_S)
        return port

    async def revive(self, name: str) -> None:
        """Start a server, named by its variable, or a part of the application again; servers are seen to answer."""
        server = self.servers.get(name)
        part = server.part if server else self.members[name].part
        self.members[name] = self.supervisor.start(part)
        if server:
            answers = partial(server.answers, server.url)
            await self.supervisor.until(self.members[name], answers, patience_s=_PATIENCE_S)

    async def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a part the signal and wait for its end."""
        os.kill(self.pid(name), number)
        await self.members[name].gone.wait()

    def pid(self, name: str) -> int:
        """Return the process of a part."""
        process = self.members[name].process
        assert process is not None  # noqa: S101 - a member has been started
        return process.pid

    def folder_of(self, server: str) -> Path:
        """Return where a server, named by its variable, keeps its data."""
        return self.servers[server].part.cwd

    async def sweep_works(self) -> None:
        """Return when something that is owed from now on has been swept up, and then something else.

        The first may have been done by a worker that had its task already, and can't get another.

        Raises:
            RefusedError: It isn't.
        """
        for _ in range(2):
            self._canary += 1
            await asyncio.to_thread(self._await_sweep, f"canary:{self._canary}")

    def _await_sweep(self, tag: str) -> None:
        until_s = time.monotonic() + _PATIENCE_S
        with self.connect() as connection:
            connection.execute("INSERT INTO cache_outbox (tag) VALUES (%s)", [tag])
            owed = "SELECT 1 FROM cache_outbox WHERE tag = %s AND delivered_at IS NULL"
            while connection.execute(owed, [tag]).fetchone():
                if time.monotonic() > until_s:
                    raise RefusedError(f"what is owed to the cache isn't swept up within {_PATIENCE_S:g} s")
                time.sleep(_LOOK_AGAIN_S)

    async def owes_nothing(self, *, patience_s: float) -> None:
        """Return when the cache has been told of all that was written, or when *patience_s* is over."""
        await asyncio.to_thread(self._await_delivery, time.monotonic() + patience_s)

    def _await_delivery(self, until_s: float) -> None:
        with self.connect() as connection:
            owed = "SELECT 1 FROM cache_outbox WHERE delivered_at IS NULL LIMIT 1"
            while connection.execute(owed).fetchone() and time.monotonic() < until_s:
                time.sleep(_LOOK_AGAIN_S)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect to the database, past the site."""
        return postgres.connect(self.servers[DATABASE].url)

    def _weaken_database(self) -> None:
        if self.weakening.sql is None:
            return
        with self.connect() as connection:
            connection.execute(self.weakening.sql.format(connection.info.dbname))

    def _harmed_procfile(self) -> str:
        text = self.clone.procfile.read_text()
        for entry, harmed in _HARMED_ENTRIES:
            text = text.replace(entry, harmed)
        return text

    def _proxied(self) -> str:
        """Start the proxy before the store; return the URL of the store through it."""
        url = urlsplit(self.servers[CACHE].url)
        port = ports.pick()
        command = (sys.executable, "-m", "scripts.consistency.proxy", str(port), str(self.control_port), str(url.port))
        self.supervisor.start(Part("proxy", command, self.clone.root, {**os.environ}))
        return url._replace(netloc=url.netloc.replace(f":{url.port}", f":{port}")).geturl()

    def _environment(self, cache_url: str) -> dict[str, str]:
        metrics = self.folder / "metrics"
        metrics.mkdir(exist_ok=True)
        urls = {variable: server.url for variable, server in self.servers.items()} | {CACHE: cache_url}
        told = {"PORT": str(self.port), "PROMETHEUS_MULTIPROC_DIR": str(metrics), "PYTHONPATH": str(self.clone.root)}
        harm = {failpoint.FOLDER: str(self.folder), weakened.WITHOUT: self.weakening.name}
        return {**os.environ, **_TOLD, **urls, **told, **harm, **self.told}


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(ports.LOCALHOST, port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
