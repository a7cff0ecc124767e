"""`scripts/dev check-consistency`: let the real site be used and harmed for a while, and judge what was seen."""

import argparse
import asyncio
import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts import place
from scripts.clone import HERE
from scripts.consistency import community, ending, faults, recomputes, report, weakened
from scripts.consistency.client import Client
from scripts.consistency.experiment import Experiment
from scripts.consistency.faults import Injector
from scripts.consistency.report import Outcome, Report
from scripts.consistency.stack import Stack
from scripts.log import Log
from scripts.roster import Roster
from scripts.supervise import Supervisor

_USUAL_S: Final = 60.0
_USUAL_CLIENTS: Final = 8


def main(arguments: Sequence[str]) -> int:
    """Run the experiment; return 1 if a promise was broken."""
    wish = wish_of(arguments)
    folder = place.temporary()
    try:
        with (HERE.make_var() / "consistency.log").open("w") as log:
            result = asyncio.run(_run(wish, folder, Log(log, colour=False)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.show(result)
    if wish.json:
        wish.json.write_text(json.dumps(result.as_json(), indent=1))
    return int(not result.is_clean)


def wish_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what *arguments* ask for; explain and end the program if they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev check-consistency",
        description="Read and write over HTTP and past it, do harm, and see whether anybody is shown what is old.",
    )
    long = parser.add_mutually_exclusive_group()
    long.add_argument("--seconds", type=float, default=_USUAL_S, help=f"how long (default: {_USUAL_S:g})")
    long.add_argument("--minutes", type=float, help="how long")
    names = ", ".join((*(fault.name for fault in faults.FAULTS), faults.ALL, faults.NONE))
    parser.add_argument("--fault", default=faults.ALL, help=f"which harm is done, several with commas: {names}")
    parser.add_argument("--clients", type=int, default=_USUAL_CLIENTS, help="how many read (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    protections = ", ".join(weakening.name for weakening in weakened.WEAKENINGS)
    parser.add_argument(
        "--without",
        default=weakened.NOTHING.name,
        help=f"protections that are taken away, to see them missed, several with commas: {protections}",
    )
    wish = parser.parse_args(arguments)
    if wish.minutes is not None:
        wish.seconds = 60 * wish.minutes
    if wish.seconds <= 0 or wish.clients < 1:
        parser.error("--seconds, --minutes and --clients must be more than zero")
    try:
        faults.named(wish.fault)
    except ValueError as error:
        parser.error(f"--fault: {error}; there are {names}")
    try:
        weakened.named(wish.without)
    except ValueError as error:
        parser.error(f"--without: {error}; there are {protections}")
    return wish


async def _run(wish: argparse.Namespace, folder: Path, log: Log) -> Report:
    async with Supervisor(Roster(folder / "roster.json"), log) as supervisor:
        stack = Stack(HERE, folder, supervisor, weakened.named(wish.without))
        print("starting the site", file=sys.stderr, flush=True)
        await stack.start()
        with stack.connect() as connection:
            people = await asyncio.to_thread(community.settle, Client(stack.port), connection)
        injector, experiment = Injector(stack), Experiment(stack, people)
        print(f"harming it for {wish.seconds:g} s ({wish.fault})", file=sys.stderr, flush=True)
        began_s = time.monotonic()
        await experiment.go_on(wish.clients, injector.go_on(faults.named(wish.fault), for_s=wish.seconds))
        seconds = time.monotonic() - began_s
        lost = await ending.compare(stack, people)
        expiries = recomputes.per_expiry(recomputes.noted(folder))
        return report.draw_up(experiment.ledger, injector, Outcome(lost, expiries), seconds=seconds)
