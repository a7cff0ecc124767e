"""Stop what a roster names: politely, then less so, and surely in the end.

The one way of stopping: for a supervisor that is told to stop, for the guard of one that was
killed, and for a start that finds what an earlier run has left.
"""

import os
import signal
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from scripts.roster import Entry

# Longer than the web server's own patience with requests that are under way.
PATIENCE_S: Final = 7.0
_LOOK_AGAIN_S: Final = 0.02


def stop(entries: Iterable[Entry], *, hurry: threading.Event | None = None) -> tuple[Entry, ...]:
    """Stop the processes that are alive and all of their groups, the last stage first; return which were alive.

    Each gets its own signals one after the other, with `PATIENCE_S` after each, and SIGKILL in
    the end. Setting *hurry* ends the patience.
    """
    living = tuple(entry for entry in entries if entry.is_alive())
    for stage in sorted({entry.stage for entry in living}, reverse=True):
        _stop_together([entry for entry in living if entry.stage == stage], hurry or threading.Event())
    return living


def kill_group(pid: int) -> None:
    """Kill what a process that led a group has left behind in it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _stop_together(entries: Sequence[Entry], hurry: threading.Event) -> None:
    leaders = [entry.pid for entry in entries if _leads_group(entry.pid)]
    living = list(entries)
    for step in range(max(len(entry.signals) for entry in entries) + 1):
        for entry in living:
            with suppress(ProcessLookupError):
                os.kill(entry.pid, (*entry.signals, signal.SIGKILL)[min(step, len(entry.signals))])
        living = _await_end(living, hurry)
        if not living:
            break
    for pid in leaders:
        kill_group(pid)


def _await_end(entries: Sequence[Entry], hurry: threading.Event) -> list[Entry]:
    until_s = time.monotonic() + PATIENCE_S
    living = [entry for entry in entries if entry.is_alive()]
    while living and time.monotonic() < until_s:
        if hurry.wait(_LOOK_AGAIN_S):
            time.sleep(_LOOK_AGAIN_S)
            return [entry for entry in living if entry.is_alive()]
        living = [entry for entry in living if entry.is_alive()]
    return living


def _leads_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False
