"""The web processes and their servers, in a folder of their own, told what a bench wants them told."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from scripts import flask_command, parts, ports, servers
from scripts.clone import Clone
from scripts.parts import Part, Server
from scripts.supervise import Member, Supervisor

PATIENCE_S: Final = 90.0
_PARTS: Final = ("web", "worker", "beat")
_TOLD: Final = {"DEALRADAR_ENV": "test", "LOG_LEVEL": "warning", "WEB_CONCURRENCY": "2", "WEB_THREADS": "8"}


@dataclass
class Site:
    """The code of *clone*, run in *folder*; *port* is where its web processes listen, while they do."""

    clone: Clone
    folder: Path
    servers: Mapping[str, Server] = field(default_factory=dict)
    port: int = 0
    _members: dict[str, Member] = field(default_factory=dict)

    async def start(self, supervisor: Supervisor) -> None:
        """Start the servers under *supervisor*, and make the tables.

        Raises:
            RefusedError: One doesn't start.
        """
        self._supervisor = supervisor
        self.servers = await asyncio.to_thread(servers.brief, self.folder)
        for variable in self.servers:
            await self.revive(variable)
        await self.step("db", "upgrade")

    @asynccontextmanager
    async def serving(self, **told: str) -> AsyncIterator[None]:
        """Have the web processes run, with the settings *told*.

        Raises:
            RefusedError: They don't start.
        """
        self.port = ports.pick()
        web = self._run("web", {**told, "PORT": str(self.port)})
        await self.listening(web, self.port)
        yield
        _send(web, signal.SIGTERM)
        await web.gone.wait()

    @asynccontextmanager
    async def working(self, **told: str) -> AsyncIterator[None]:
        """Have worker and beat run, with the settings *told*; they are ready when they do something."""
        members = [self._run(name, told) for name in ("worker", "beat")]
        yield
        for member in members:
            _send(member, signal.SIGTERM)
            await member.gone.wait()

    async def step(self, *arguments: str) -> None:
        """Run one of the application's commands.

        Raises:
            RefusedError: It fails.
        """
        command = flask_command.command(*arguments)
        await self._supervisor.step(Part(arguments[0], command, self.clone.root, self.environment()))

    async def listening(self, member: Member, port: int) -> None:
        """Wait until *member* listens at *port*.

        Raises:
            RefusedError: It has ended, or takes too long.
        """
        await self._supervisor.until(member, partial(_listens, port), patience_s=PATIENCE_S)

    def supervise(self, part: Part) -> Member:
        """Have a further program run until the end."""
        return self._supervisor.start(part)

    def processes(self) -> tuple[psutil.Process, ...]:
        """Return those of web, worker and beat that run now."""
        members = [self._members[name] for name in _PARTS if name in self._members]
        pids = [member.process.pid for member in members if member.process is not None and not member.gone.is_set()]
        masters = [psutil.Process(pid) for pid in pids]
        return tuple(process for master in masters for process in (master, *master.children(recursive=True)))

    def workers(self) -> tuple[psutil.Process, ...]:
        """Return the web processes that serve now."""
        process = self._members["web"].process
        assert process is not None  # noqa: S101 - it serves
        return tuple(psutil.Process(process.pid).children(recursive=True))

    def _run(self, name: str, told: Mapping[str, str]) -> Member:
        environment = {**self.environment(), **told}
        text = self.clone.procfile.read_text()
        self._members[name] = self._supervisor.start(_listed(text, name, cwd=self.folder, environment=environment))
        return self._members[name]

    async def revive(self, variable: str) -> None:
        """Start the server that *variable* names, as often as one likes, and see it answer.

        Raises:
            RefusedError: It doesn't.
        """
        server = self.servers[variable]
        self._members[variable] = self._supervisor.start(server.part)
        answers = partial(server.answers, server.url)
        await self._supervisor.until(self._members[variable], answers, patience_s=PATIENCE_S)

    async def kill(self, variable: str) -> None:
        """Kill the server that *variable* names, and wait for its end."""
        _send(self._members[variable], signal.SIGKILL)
        await self._members[variable].gone.wait()

    def environment(self) -> dict[str, str]:
        """Return what processes of the site are told."""
        metrics = self.folder / "metrics"
        metrics.mkdir(exist_ok=True)
        urls = {variable: server.url for variable, server in self.servers.items()}
        place = {"PROMETHEUS_MULTIPROC_DIR": str(metrics), "PYTHONPATH": str(self.clone.root)}
        return {**os.environ, **_TOLD, **urls, **place}


def _listed(text: str, name: str, *, cwd: Path, environment: Mapping[str, str]) -> Part:
    return next(part for part in parts.from_procfile(text, cwd=cwd, environment=environment) if part.name == name)


def _send(member: Member, number: signal.Signals) -> None:
    assert member.process is not None  # noqa: S101 - a member has been started
    os.kill(member.process.pid, number)


def _listens(port: int) -> bool:
    return not ports.is_free(ports.LOCALHOST, port)
