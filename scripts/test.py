"""`scripts/dev test`: the tests, on servers of their own that are gone afterwards, whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from scripts import place, servers
from scripts.clone import HERE
from scripts.guard import Guard
from scripts.launch import launch
from scripts.parts import Server, Stage
from scripts.refused import RefusedError
from scripts.roster import Entry, Roster

_PATIENCE_S: Final = 60.0
_ASK_AGAIN_S: Final = 0.05
_STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_KILLED: Final = 128

# With any of these, pytest has been told how many processes to use, or can use only one.
_DECIDES_PROCESSES: Final = (
    "-n",
    "--numprocesses",
    "--dist",
    "--pdb",
    "--trace",
    "--collect-only",
    "--help",
    "--version",
)


def main(arguments: Sequence[str]) -> int:
    """Run pytest with the arguments; return its exit status."""
    folder = place.temporary()
    roster = Roster(folder / "roster.json")
    guard = Guard(roster, throw_away=folder)
    try:
        for number in _STOPS:
            signal.signal(number, _interrupt)
        urls = _start_servers(folder, roster)
        return _run_pytest(command(arguments), environment={**os.environ, **urls}, roster=roster)
    finally:
        # Whatever the reason, the guard stops the servers and removes the folder.
        guard.dismiss()


def command(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the command line of pytest: on all cores and one process more, unless the arguments say something else.

    Journeys wait for the servers that they start for about a third of their time.
    """
    decided = any(argument.startswith(_DECIDES_PROCESSES) for argument in arguments)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return (
        sys.executable,
        "-m",
        "pytest",
        *(() if decided else ("-n", str(cores + 1), "--dist", "worksteal")),
        *arguments,
    )


def _start_servers(folder: Path, roster: Roster) -> dict[str, str]:
    started = servers.brief(folder)
    for server in started.values():
        with (folder / f"{server.part.name}.log").open("wb") as log:
            launch(server.part, output=log.fileno(), roster=roster)
    for server in started.values():
        _await_answer(server, folder / f"{server.part.name}.log")
    return {variable: server.url for variable, server in started.items()}


def _await_answer(server: Server, log: Path) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while not server.answers(server.url):
        if time.monotonic() > until_s:
            last = " ".join(log.read_text(errors="replace").split("\n")[-3:])
            raise RefusedError(f"{server.part.name} doesn't answer after {_PATIENCE_S:g} s: {last}")
        time.sleep(_ASK_AGAIN_S)


def _run_pytest(command: Sequence[str], *, environment: Mapping[str, str], roster: Roster) -> int:
    # Not in a group of its own: the debugger needs the terminal.
    pytest = subprocess.Popen(command, cwd=HERE.root, env=environment)
    roster.add(Entry.of("pytest", pytest.pid, stage=Stage.APP, signals=(signal.SIGINT, signal.SIGTERM)))

    def pass_on(number: int, _frame: FrameType | None) -> None:
        # A terminal's Ctrl-C has reached pytest already, and a second one would cut its summary off.
        if number != signal.SIGINT or not sys.stdin.isatty():
            pytest.send_signal(signal.SIGINT)

    for number in _STOPS:
        signal.signal(number, pass_on)
    status = pytest.wait()
    return status if status >= 0 else _KILLED - status


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
