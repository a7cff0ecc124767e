"""`scripts/dev bench varnish` writes a thousand times behind a busy Varnish, and looks when each write shows there."""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Final

from scripts import ports
from scripts.bench.edge import Client, Reader, Writer, shown
from scripts.bench.site import Site
from scripts.parts import Part
from scripts.refused import RefusedError

WRITES: Final = 1_000
READERS: Final = 4
DEALS: Final = range(1, 121)
"""Those whose lists of reviews readers ask for, the first ones most; they are the ones that are written to."""
WRITTEN: Final = 20
SHOWN_WITHIN_S: Final = 1.0

_TOLD: Final = {"RATE_LIMIT_MAX_REQUESTS": "100000000", "TRUSTED_PROXIES": f"{ports.LOCALHOST}/32"}
_DECLARED_PORT: Final = '.port = "3001";'
_LOOKS_EVERY_S: Final = 0.1


@dataclass(frozen=True)
class Outcome:
    """The seconds from each write's answer until it showed, in order, and what readers got meanwhile."""

    sorted_s: Sequence[float]
    reads: int
    hits: int
    stale: int
    failed: int

    def percentile_ms(self, percent: int) -> float:
        """Return the milliseconds within which *percent* of all writes showed."""
        return 1_000 * self.sorted_s[min(len(self.sorted_s) - 1, len(self.sorted_s) * percent // 100)]


async def run(site: Site) -> tuple[str, bool]:
    """Return the table, and whether all writes showed soon enough and nobody saw one undone.

    Raises:
        RefusedError: There is no Varnish on this machine.
    """
    if shutil.which("varnishd") is None:
        raise RefusedError("needs varnishd and its xkey module (Debian: varnish, varnish-modules)")
    await site.step("seed", "--scale", "small")
    async with site.serving(**_TOLD):
        port = await _start_varnish(site)
        async with site.working(VARNISH_URLS=f"http://{ports.LOCALHOST}:{port}"):
            outcome = await asyncio.to_thread(_measure, site.port, port)
    is_exact = outcome.stale == outcome.failed == 0
    return table(outcome), is_exact and outcome.sorted_s[-1] <= SHOWN_WITHIN_S


def table(outcome: Outcome) -> str:
    """Return what was measured, as lines."""
    lines = [f"{len(outcome.sorted_s)} writes; from the answer until Varnish showed it, in ms"]
    lines += [f"{f'p{percent}':>8} {outcome.percentile_ms(percent):>8.1f}" for percent in (50, 90, 99, 100)]
    lines.append(f"{outcome.reads} reads beside them, {outcome.hits / outcome.reads:.1%} answered by Varnish itself")
    lines.append(f"{outcome.stale} older than what had been seen before, {outcome.failed} failed")
    return "\n".join(lines)


async def _start_varnish(site: Site) -> int:
    port = ports.pick()
    vcl = site.folder / "varnish.vcl"
    declared = (site.clone.root / "docs" / "varnish.vcl").read_text()
    vcl.write_text(declared.replace(_DECLARED_PORT, f'.port = "{site.port}";'))
    serve = ("varnishd", "-F", "-j", "none", "-n", str(site.folder / "varnish"), "-a", f"{ports.LOCALHOST}:{port}")
    keep = ("-f", str(vcl), "-s", "malloc,64m", "-p", "http_gzip_support=off", "-T", "none")
    site.supervise(Part("varnish", (*serve, *keep), site.folder, site.environment()))
    while ports.is_free(ports.LOCALHOST, port):  # noqa: ASYNC110 - nobody tells when a port is taken
        await asyncio.sleep(_LOOKS_EVERY_S)
    return port


def _measure(site_port: int, varnish_port: int) -> Outcome:
    deals = shown(Client(varnish_port), DEALS)
    writer = Writer(Client(site_port), Client(varnish_port), deals[:WRITTEN])
    for number in range(1, WRITTEN + 1):
        writer.write(number)  # until worker and beat are there, and every list is known
    print(f"measuring: {WRITES} writes", file=sys.stderr, flush=True)
    is_over = Event()
    readers = [Reader(varnish_port, writer.floors, deals=deals, seed=number) for number in range(READERS)]
    for reader in readers:
        reader.start(is_over)
    try:
        shown_s = sorted(writer.write(number) for number in range(WRITTEN + 1, WRITTEN + 1 + WRITES))
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    return Outcome(
        shown_s,
        reads=sum(reader.reads for reader in readers),
        hits=sum(reader.hits for reader in readers),
        stale=sum(reader.stale for reader in readers),
        failed=sum(reader.failed for reader in readers),
    )
