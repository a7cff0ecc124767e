"""`scripts/dev drill rollback`: do to a busy site what an operator in trouble does, and see whether anybody notices."""

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
from scripts.drill import findings
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
    """Rehearse; return 1 if anybody noticed."""
    wish = wish_of(arguments)
    folder = place.temporary()
    try:
        with (HERE.make_var() / "drill.log").open("w") as log:
            found = asyncio.run(_run(folder, Log(log, colour=False), is_short=wish.short))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(findings.table(found))
    return int(not found.is_clean)


def wish_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what *arguments* ask for; explain and end the program if they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev drill",
        description="Take the cache and the indexes back and bring them again, under load, on servers of its own; "
        "what the parts log is in var/drill.log.",
    )
    parser.add_argument("name", choices=["rollback"])
    parser.add_argument("--short", action="store_true", help="only what takes a few seconds")
    return parser.parse_args(arguments)


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
