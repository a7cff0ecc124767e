"""`scripts/dev drill`: do to a busy site what operators in trouble do, or what brings them there."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from scripts import place
from scripts.clone import HERE
from scripts.consistency import community, ending
from scripts.consistency.client import Client
from scripts.consistency.community import Community
from scripts.consistency.experiment import Experiment
from scripts.consistency.faults import Injector
from scripts.consistency.stack import Stack
from scripts.drill import alerts, findings
from scripts.drill.findings import End, Findings
from scripts.drill.performance import Performance
from scripts.drill.rehearsal import Rehearsal, flask
from scripts.drill.rollback import STEPS
from scripts.log import Log
from scripts.roster import Roster
from scripts.supervise import Supervisor

_CLIENTS: Final = 4
_DWELL_S: Final = 3.0
_SHORT_DWELL_S: Final = 0.5
_CROWD: Final = "medium"
"""So many others are there that an index takes a while."""

_SAMPLED: Final = "SELECT coalesce(sum(samples), 0), coalesce(sum(stale), 0) FROM cache_samples"


def main(arguments: Sequence[str]) -> int:
    """Rehearse; return 1 if anybody noticed, or of alerts, if nobody was told."""
    wish = wish_of(arguments)
    folder = place.temporary()
    try:
        with (HERE.make_var() / "drill.log").open("w") as log:
            return int(not asyncio.run(_rehearse(wish, folder, Log(log, colour=False))))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wish_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what *arguments* ask for; explain and end the program if they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev drill",
        description="On servers of its own, under load: rollback takes the cache and the indexes back and brings them "
        "again; alerts has each signal cross its thresholds, and reads the mails. The parts' log is var/drill.log.",
    )
    parser.add_argument("name", choices=["rollback", "alerts"])
    parser.add_argument("--short", action="store_true", help="rollback: only what takes a few seconds")
    parser.add_argument("--only", metavar="SIGNALS", help=f"alerts: some of {', '.join(alerts.SIGNALS)}")
    wish = parser.parse_args(arguments)
    try:
        alerts.chosen(wish.only)
    except ValueError as error:
        parser.error(f"--only: {error}")
    return wish


async def _rehearse(wish: argparse.Namespace, folder: Path, log: Log) -> bool:
    if wish.name == "alerts":
        return await alerts.rehearse(folder, log, alerts.chosen(wish.only))
    found = await _run(folder, log, is_short=wish.short)
    print(findings.table(found))
    return found.is_clean


async def _run(folder: Path, log: Log, *, is_short: bool) -> Findings:
    async with Supervisor(Roster(folder / "roster.json"), log) as supervisor:
        stack = Stack(HERE, folder, supervisor)
        print("starting the site", file=sys.stderr, flush=True)
        await stack.start()
        if not is_short:
            await flask(stack, "seed", "--scale", _CROWD)
        people = await asyncio.to_thread(_settle, stack)
        rehearsal = Rehearsal(stack, Injector(stack), admin=people.moderators[0])
        experiment = Experiment(stack, people)
        performance = Performance(rehearsal, experiment.ledger)
        steps = [step for step in STEPS if step.is_short or not is_short]
        dwell_s = _SHORT_DWELL_S if is_short else _DWELL_S
        await experiment.go_on(_CLIENTS, performance.go_through(steps, dwell_s=dwell_s))
        lost = await ending.compare(stack, people)
        end = End(lost, *await asyncio.to_thread(_sampled, stack))
        return findings.draw_up(performance.done, experiment.ledger, outages=rehearsal.injector.outages, end=end)


def _sampled(stack: Stack) -> tuple[int, int]:
    """Return how many stored answers the site itself has compared, and how many of them were stale."""
    with stack.connect() as connection:
        row: Any = connection.execute(_SAMPLED).fetchone()
    samples, stale = row
    return int(samples), int(stale)


def _settle(stack: Stack) -> Community:
    """Have people join, one of whom becomes the administrator who moderates as well."""
    with stack.connect() as connection:
        people = community.settle(Client(stack.port), connection)
        connection.execute("UPDATE users SET role = 'admin' WHERE id = %s", [people.moderators[0].id])
    return people
