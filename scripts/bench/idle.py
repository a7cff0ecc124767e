"""`scripts/dev bench idle`: what ten thousand connections cost that are kept and say nothing."""

import asyncio
import resource
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import psutil

from scripts import ports
from scripts.bench.site import Site
from scripts.bench.wrk import load
from scripts.refused import RefusedError

IDLE: Final = 10_000
SILENT: Final = 8
"""As many as a process has threads; so many that had said nothing once kept everybody waiting."""
SPARE: Final = 200
ROUND_S: Final = 3
PATIENCE_S: Final = 30.0
SETTLING_S: Final = 2.0
PATH: Final = "/api/reviews/deal/1?limit=13"
MAX_BYTES_EACH: Final = 10_000
LEAST_KEPT: Final = 0.9
MAX_WAIT_S: Final = 1.0
_REQUEST: Final = f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
_TOLD: Final = {"RATE_LIMIT_MAX_REQUESTS": "1000000000", "GUNICORN_CMD_ARGS": "--keep-alive 600"}


@dataclass(frozen=True)
class Cost:
    """What *connections* idle ones cost: bytes of all web processes, and requests a second without and with them.

    *waited_s* is how long a request took beside those that had said nothing yet.
    """

    connections: int
    grown_bytes: int
    rate_without: float
    rate_with: float
    waited_s: float

    @property
    def bytes_each(self) -> float:
        """Return the memory of one connection."""
        return self.grown_bytes / self.connections

    @property
    def kept(self) -> float:
        """Return which part of the throughput is left."""
        return self.rate_with / self.rate_without

    @property
    def is_within(self) -> bool:
        """Whether it costs as little as it may."""
        return self.bytes_each < MAX_BYTES_EACH and self.kept > LEAST_KEPT and self.waited_s < MAX_WAIT_S


async def run(site: Site) -> tuple[str, bool]:
    """Return what was measured, and whether it is within bounds.

    Raises:
        RefusedError: This machine allows no ten thousand connections.
    """
    _allow_descriptors(IDLE + SPARE)
    await site.step("seed", "--scale", "small")
    async with site.serving(**_TOLD):
        cost = await asyncio.to_thread(_measure, site.port)
    return table(cost), cost.is_within


def table(cost: Cost) -> str:
    """Return a line for each thing that was measured."""
    return "\n".join(
        (
            f"{cost.connections} connections that are kept and idle, two web processes",
            f"{'memory of each':<44}{cost.bytes_each:>12,.0f} bytes",
            f"{'hits a second without and with them':<44}{cost.rate_without:>12,.0f}{cost.rate_with:>10,.0f}",
            f"{'throughput kept':<44}{cost.kept:>12.0%}",
            f"{f'a request beside {SILENT} that had said nothing':<44}{1_000 * cost.waited_s:>12.1f} ms",
        )
    )


def _measure(port: int) -> Cost:
    with _connections(port, 1) as (connection,):
        _ask(connection)  # answered as soon as the processes have loaded the application
    time.sleep(SETTLING_S)
    _rate(port)  # so that all is in memory that a load takes
    before = _rate(port)
    bytes_before = _memory_bytes(port)
    print(f"connecting {IDLE} times", file=sys.stderr, flush=True)
    with _connections(port, IDLE) as idle:
        for connection in idle:
            _ask(connection)
        grown_bytes = _memory_bytes(port) - bytes_before
        rate_with = _rate(port)
    with _connections(port, SILENT), _connections(port, 1) as (connection,):
        began_s = time.monotonic()
        _ask(connection)
        waited_s = time.monotonic() - began_s
    return Cost(IDLE, grown_bytes, statistics.mean((before, _rate(port))), rate_with, waited_s)


def _rate(port: int) -> float:
    return load(f"http://{ports.LOCALHOST}:{port}{PATH}", {}, duration_s=ROUND_S).rate_per_s


def _memory_bytes(port: int) -> int:
    """Return what the processes that listen at *port* have for themselves alone."""
    return sum(process.memory_full_info().uss for process in psutil.process_iter() if _listens(process, port))


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        return any(each.laddr.port == port and not each.raddr for each in process.net_connections("tcp4"))
    except psutil.Error:  # it has gone, or is another's
        return False


@contextmanager
def _connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        address = (ports.LOCALHOST, port)
        yield [stack.enter_context(socket.create_connection(address, timeout=PATIENCE_S)) for _ in range(count)]


def _ask(connection: socket.socket) -> None:
    """Ask over *connection*, and read the answer, whose end is that of its JSON."""
    connection.sendall(_REQUEST)
    while not connection.recv(65_536).endswith(b"}"):
        pass


def _allow_descriptors(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise RefusedError(f"needs {wanted} open files, and this machine allows {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
