"""`scripts/dev bench hit`: how fast a cached answer is, beside what one would take instead, in turns."""

import asyncio
import resource
import shutil
import statistics
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psutil

from scripts import ports
from scripts.bench.rivals.table import GUNICORN, Rival, others
from scripts.bench.site import Site
from scripts.bench.wrk import CONNECTIONS, load
from scripts.parts import Part
from scripts.refused import RefusedError

ROUNDS: Final = 5
ROUND_S: Final = 3
PATH: Final = "/api/reviews/deal/1?limit=13"
"""About 7 KB."""
BY_FLASK: Final = {"If-Range": '"x"'}
"""Makes no difference, but that the short road isn't taken."""
AT_LEAST: Final = (("the usual Flask stack, gthread", 30.0), ("Varnish", 1.3), ("nginx proxy_cache", 0.8))
SETTLING_S: Final = 2.0
_TOLD: Final = {"RATE_LIMIT_MAX_REQUESTS": "1000000000"}
OURS: Final = "DealRadar, a hit"


@dataclass(frozen=True)
class Run:
    """One round of one rival: requests a second, milliseconds at p99, and microseconds of CPU for each request."""

    rate_per_s: float
    p99_ms: float
    cpu_us: float


async def run(site: Site) -> tuple[str, bool]:
    """Return the table, and whether we are as much faster as we mean to be.

    Raises:
        RefusedError: wrk isn't on this machine, or somebody answered with an error.
    """
    if shutil.which("wrk") is None:
        raise RefusedError("needs wrk (Debian: wrk), and compares with varnish and nginx where they are installed")
    await site.step("seed", "--scale", "small")
    async with site.serving(**_TOLD):
        plain_port = await _serve_plainly(site)
        rivals = list(_rivals(site, plain_port))
        return await asyncio.to_thread(_compare, rivals)


def table(runs: Mapping[str, Sequence[Run]]) -> str:
    """Return the medians of each rival, and our rate divided by its, as lines."""
    ours = _rate(runs[OURS])
    lines = [
        f"{CONNECTIONS} connections, medians of {ROUNDS} rounds in turns of {ROUND_S} s; CPU of all but the client"
    ]
    lines.append(f"{'':<36}{'requests/s':>11}{'p99 ms':>9}{'CPU us each':>13}{'ours is':>9}")
    for name, rounds in runs.items():
        p99_ms, cpu_us = (statistics.median(getattr(each, of) for each in rounds) for of in ("p99_ms", "cpu_us"))
        rate = _rate(rounds)
        lines.append(f"{name:<36}{rate:>11,.0f}{p99_ms:>9.1f}{cpu_us:>13.0f}{ours / rate:>8.1f}x")
    return "\n".join(lines)


def _compare(rivals: Sequence[Rival]) -> tuple[str, bool]:
    time.sleep(SETTLING_S)
    for rival in rivals:
        load(rival.url, rival.fields, duration_s=1)
    runs: dict[str, list[Run]] = {rival.name: [] for rival in rivals}
    for _ in range(ROUNDS):
        for rival in rivals:
            runs[rival.name].append(_round(rival))
    return table(runs), _is_within(runs)


async def _serve_plainly(site: Site) -> int:
    """Serve our application by gunicorn as it comes; return at which port."""
    port = ports.pick()
    command = (*GUNICORN, "-b", f"{ports.LOCALHOST}:{port}", "wsgi:app")
    await site.listening(site.supervise(Part("plain", command, site.folder, {**site.environment(), **_TOLD})), port)
    return port


def _rivals(site: Site, plain_port: int) -> Iterator[Rival]:
    url = f"http://{ports.LOCALHOST}:{site.port}{PATH}"
    body = site.folder / "body.json"
    with urllib.request.urlopen(url) as answer:
        body.write_bytes(answer.read())
    yield Rival(OURS, url, {})
    yield Rival("DealRadar, a hit under plain gthread", f"http://{ports.LOCALHOST}:{plain_port}{PATH}", {})
    yield Rival("DealRadar, the same by Flask", url, BY_FLASK)
    yield from others(site, body)


def _round(rival: Rival) -> Run:
    before_s, client_s = _busy_s(), _client_s()
    got = load(rival.url, rival.fields, duration_s=ROUND_S)
    cpu_s = (_busy_s() - before_s) - (_client_s() - client_s)
    return Run(got.rate_per_s, got.p99_ms, 1_000_000 * cpu_s / got.requests)


def _busy_s() -> float:
    """Return how long this machine's processors have worked, on whatever."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _client_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _is_within(runs: Mapping[str, Sequence[Run]]) -> bool:
    ours = _rate(runs[OURS])
    return all(ours / _rate(runs[name]) >= ratio for name, ratio in AT_LEAST if name in runs)


def _rate(rounds: Sequence[Run]) -> float:
    return statistics.median(each.rate_per_s for each in rounds)
