"""Waiting for what other processes do by their own clocks."""

import time
from collections.abc import Callable
from typing import Final

WITHIN_S: Final = 30.0
"""Catches what never comes; a busy machine may take its time."""


def eventually(is_so: Callable[[], bool]) -> bool:
    """Return whether *is_so* comes true."""
    deadline_s = time.monotonic() + WITHIN_S
    while not is_so():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)
    return True
