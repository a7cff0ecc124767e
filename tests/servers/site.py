"""The site as it is deployed: gunicorn's processes, to be asked over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from dealradar.config import Settings
from tests.servers.valkey import Valkey

ROOT: Final = Path(__file__).parents[2]
READY_WITHIN_S: Final = 20.0
STOPPED_WITHIN_S: Final = 15.0


def told(settings: Settings, store: Valkey) -> dict[str, str]:
    """Return what the processes of a site on the tests' database are told, whose cache is *store*."""
    return {
        "DEALRADAR_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": store.url,
        "CELERY_BROKER_URL": settings.celery_broker_url,
        "RATE_LIMIT_MAX_REQUESTS": "1000000",
        "LOGIN_MAX_TRIES_PER_MINUTE": "1000",
        "WEB_CONCURRENCY": "2",
    }


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return the body's content."""
        return json.loads(self.body)


@dataclass
class Site:
    """gunicorn with *environment*, on a free port of the loopback, its log in *log*."""

    environment: dict[str, str]
    log: Path
    port: int = field(init=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = _free_port()

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "python:dealradar.gunicorn_conf", "wsgi:app"]
        environment = os.environ | self.environment | {"PORT": str(self.port), "HOST": "127.0.0.1"}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own program
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline_s = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline_s, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it and wait until it has."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(STOPPED_WITHIN_S)
        self._process = None

    def ask(self, path: str, *, token: str | None = None, send: Any = None, method: str | None = None) -> Answer:
        """Return the answer to one request, whatever its status; *send* goes as JSON."""
        headers = {"Content-Type": "application/json"} if send is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None if send is None else json.dumps(send).encode()
        request = Request(self.url + path, data=data, headers=headers, method=method)  # noqa: S310  our own loopback
        began_s = time.monotonic()
        try:
            with urlopen(request, timeout=10) as response:  # noqa: S310  likewise
                return Answer(response.status, dict(response.headers), response.read(), time.monotonic() - began_s)
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, dict(refusal.headers), refusal.read(), time.monotonic() - began_s)

    def _answers(self) -> bool:
        try:
            return self.ask("/health").status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
