"""`scripts/dev run`: start everything, serve, and stop everything."""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from scripts import running, settings
from scripts.clone import HERE, Clone
from scripts.log import Log, to_stdout
from scripts.roster import Roster
from scripts.start import Run, check_port, serve
from scripts.stopping import stop
from scripts.supervise import Supervisor

_STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    """Run until a signal says stop; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/dev run", description="Start everything and serve.")
    parser.add_argument(
        "--seed",
        choices=("small", "medium", "none"),
        default="small",
        help="the demo community to make when the database is empty (default: small)",
    )
    return run(HERE, seed=parser.parse_args(arguments).seed)


def run(clone: Clone, *, seed: str) -> int:
    """Run *clone* until a signal says stop; return the exit status.

    Raises:
        RefusedError: It runs already, or a step of the start failed; nothing is left running.
    """
    with running.alone(clone):
        asyncio.run(_until_told(Run(clone, settings.read(clone), seed, to_stdout())))
    return 0


async def _until_told(run: Run) -> None:
    rosters = run.clone.var / "rosters"
    rosters.mkdir(exist_ok=True)
    await asyncio.to_thread(_stop_leftovers, rosters, run.log)
    check_port(run.settings)
    supervisor = Supervisor(Roster(rosters / f"{os.getpid()}.json"), run.log)
    _listen_to_signals(supervisor)
    with suppress(asyncio.CancelledError):
        async with supervisor:
            try:
                await serve(run, supervisor)
            finally:
                run.log.line("dev", "stopping")
    run.log.line("dev", "stopped")


def _stop_leftovers(rosters: Path, log: Log) -> None:
    """Stop what a run has left that was killed together with its guard."""
    for path in rosters.glob("*.json"):
        for entry in stop(Roster(path).entries()):
            log.line("dev", f"stopped {entry.name} (process {entry.pid}), which an earlier run had left")
        path.unlink(missing_ok=True)


def _listen_to_signals(supervisor: Supervisor) -> None:
    for number in _STOPS:
        # Who starts it under nohup wants it to outlive the terminal.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, supervisor.interrupt)
