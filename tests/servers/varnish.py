"""A Varnish of one's own that runs the documented VCL."""

import os
import shutil
import signal
import socket
import subprocess
import time
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

VCL: Final = Path(__file__).parents[2] / "docs" / "varnish.vcl"
READY_WITHIN_S: Final = 20.0
_DECLARED_PORT: Final = '.port = "3001";'
_QUICK_COMPILER: Final = "cc_command=exec cc -std=gnu99 -O0 -w -pthread -fpic -shared -Wl,-x -o %o %s"
"""Each start compiles the VCL anew, which with optimisation takes longer than most tests."""


@cache
def missing() -> str | None:
    """Return why Varnish can't be run here, None if it can."""
    if shutil.which("varnishd") is None:
        return "varnishd is not installed (Debian: apt-get install varnish varnish-modules)"
    with TemporaryDirectory() as folder:
        trial = Path(folder) / "trial.vcl"
        trial.write_text("vcl 4.1;\nimport xkey;\nbackend default none;\n")
        command = ["varnishd", "-j", "none", "-n", f"{folder}/n", "-C", "-f", str(trial)]
        tried = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  names no stranger gave
    return None if tried.returncode == 0 else "varnishd has no xkey module (Debian: apt-get install varnish-modules)"


class Varnish:
    """varnishd on a free port of the loopback in front of *origin_port*, its files in *folder*."""

    def __init__(self, folder: Path, origin_port: int) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        vcl = VCL.read_text()
        assert vcl.count(_DECLARED_PORT) == 1
        self._vcl = vcl.replace(_DECLARED_PORT, f'.port = "{origin_port}";')
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        vcl, log = self._folder / "varnish.vcl", self._folder / "varnish.log"
        vcl.write_text(self._vcl)
        command = ["varnishd", "-F", "-j", "none", "-n", str(self._folder / "varnish"), "-a", f"127.0.0.1:{self.port}"]
        command += ["-f", str(vcl), "-s", "malloc,32m", "-p", "http_gzip_support=off", "-T", "none"]
        command += ["-p", _QUICK_COMPILER]
        with log.open("wb") as output:
            self._server = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)  # noqa: S603
        deadline_s = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            assert self._server.poll() is None, log.read_text()
            assert time.monotonic() < deadline_s, log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it, and the child that serves."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGTERM)
            self._server.wait()
            self._server = None

    def ask(self, path: str, *, method: str = "GET", source: str = "127.0.0.1", **fields: str) -> "Reply":
        """Return what it answers to a request from the address *source*; underscores of *fields* are hyphens."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15, source_address=(source, 0))
        try:
            connection.request(method, path, headers={name.replace("_", "-"): told for name, told in fields.items()})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return self.ask("/", method="PURGE").status == 400
        except OSError:
            return False


class Reply:
    """What came back."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.fields = response.headers
        self.body = response.read()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
