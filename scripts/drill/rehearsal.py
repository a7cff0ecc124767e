"""The site as operators have it: its settings in a file, its commands, its own API."""

import asyncio
import http.client
import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psutil

from dealradar.config import ENV_FILE
from scripts import flask_command, ports
from scripts.consistency.client import Client, Wish
from scripts.consistency.community import Person
from scripts.consistency.faults import Injector
from scripts.consistency.history import What
from scripts.consistency.stack import DATABASE, Stack
from scripts.parts import Part
from scripts.refused import RefusedError

PATIENCE_S: Final = 180.0
"""A new process is there within seconds; on a machine that does much else besides, much later."""

_LOOKS_EVERY_S: Final = 0.05
_EVERYWHERE: Final = 30
"""So many answers over new connections, one after the other, come from each of a few processes."""


@dataclass
class Rehearsal:
    """What is done to *stack* as *admin*; *injector* keeps when settings differed, and when no sweep ran."""

    stack: Stack
    injector: Injector
    admin: Person

    async def reload_web(self, setting: str) -> None:
        """Change one *setting* and have gunicorn replace its processes; return when the last of the former is gone.

        Meanwhile processes of both settings may answer, and what one writes another may have to learn from the sweep.
        """
        with self.injector.outage(What.STORE):
            self._file.write_text(f"{setting}\n")
            master = psutil.Process(self.stack.pid("web"))
            former = set(master.children())
            master.send_signal(signal.SIGHUP)
            await until(lambda: not former & set(master.children()), "gunicorn's former processes end")

    async def restart_workers(self, setting: str) -> None:
        """Change one *setting*, and stop worker and beat and start them again."""
        with self.injector.outage(What.SWEEP):
            self._file.write_text(f"{setting}\n")
            for name in ("worker", "beat"):
                await self.stack.kill(name, signal.SIGTERM)
                await self.stack.revive(name)
            await self.stack.sweep_works()

    async def flask(self, *arguments: str, **told: str) -> None:
        """Run one of the application's commands.

        Raises:
            RefusedError: It fails.
        """
        await flask(self.stack, *arguments, **told)

    async def ask(self, path: str, *, method: str = "GET", send: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Return what the site's API answers the administrator.

        Raises:
            RefusedError: It refuses.
        """
        wish = Wish(path, self.admin.token, method, send)
        answer = await asyncio.to_thread(Client(self.stack.port).ask, wish)
        if answer.status != http.HTTPStatus.OK:
            raise RefusedError(f"{method} {path}: {answer.status} {answer.body.decode(errors='replace')[:200]}")
        return json.loads(answer.body)

    async def until_everywhere(self, is_so: Callable[[str], bool], path: str) -> None:
        """Return when the ``X-Cache`` of *path* is so in each web process.

        Raises:
            RefusedError: It isn't.
        """
        await until(lambda: all(is_so(self._x_cache(path)) for _ in range(_EVERYWHERE)), f"{path} is cached otherwise")

    async def beside(self) -> dict[str, str]:
        """Make an empty database on the same server; return what has a command use it."""
        with self.stack.connect() as connection:
            connection.execute("CREATE DATABASE beside")
        return {DATABASE: urlsplit(self.stack.servers[DATABASE].url)._replace(path="/beside").geturl()}

    @property
    def _file(self) -> Path:
        return self.stack.folder / ENV_FILE

    def _x_cache(self, path: str) -> str:
        connection = http.client.HTTPConnection(ports.LOCALHOST, self.stack.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().getheader("X-Cache", "-")
        finally:
            connection.close()


async def flask(stack: Stack, *arguments: str, **told: str) -> None:
    """Run one of the application's commands.

    Raises:
        RefusedError: It fails.
    """
    environment = {**stack.members["web"].part.environment, **told}
    await stack.supervisor.step(Part(arguments[0], flask_command.command(*arguments), stack.folder, environment))


async def until(holds: Callable[[], bool], what: str) -> None:
    """Return when *what* has come true.

    Raises:
        RefusedError: It hasn't for `PATIENCE_S`.
    """
    until_s = time.monotonic() + PATIENCE_S
    while not await asyncio.to_thread(holds):
        if time.monotonic() > until_s:
            raise RefusedError(f"not within {PATIENCE_S:g} s: {what}")
        await asyncio.sleep(_LOOKS_EVERY_S)
