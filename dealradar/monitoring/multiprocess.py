"""Where processes that serve one site keep what they measure: in files, if ``PROMETHEUS_MULTIPROC_DIR`` says where."""

import os
import re
from pathlib import Path
from typing import Final

from prometheus_client import multiprocess

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_OF_LIVING: Final = re.compile(r"gauge_live[a-z]*_(\d+)\.db")


def is_shared() -> bool:
    """Return whether there are such files; otherwise each process knows of itself alone."""
    return VARIABLE in os.environ


def forget(pid: int) -> None:
    """Take the gauges of a process that has ended out of the sums; its counters stay."""
    if is_shared():
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library has no types here


def forget_dead() -> None:
    """Do so for each process that ended without a word, such as one that was killed."""
    if not is_shared():
        return
    files = (_OF_LIVING.fullmatch(path.name) for path in Path(os.environ[VARIABLE]).iterdir())
    for pid in {int(found[1]) for found in files if found}:
        if not _lives(pid):
            forget(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so there is one
        return True
    return True
