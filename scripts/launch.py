"""Start the process of a part, in a group of its own, and put it on the roster."""

import subprocess

from scripts.parts import Account, Part
from scripts.roster import Entry, Roster


def launch(part: Part, *, output: int, roster: Roster) -> subprocess.Popen[bytes]:
    """Start *part*, which writes to the file descriptor *output*.

    The terminal's Ctrl-C doesn't reach it: who started it stops it, in order.

    Raises:
        OSError: There is no such program, or no process to be had.
    """
    process = subprocess.Popen(
        part.command,
        cwd=part.cwd,
        env=part.environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        **Account.popen_options(part.account),
    )
    roster.add(Entry.of(part.name, process.pid, stage=part.stage, signals=part.signals))
    return process
