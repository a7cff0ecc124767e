"""When a part that died is started again, and how its end is told."""

import signal
from typing import Final

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
RAN_WELL_S: Final = 20.0


def next_pause_s(last_pause_s: float, *, ran_s: float) -> float:
    """Return how long to wait after a death: twice as long each time, and from the start again after a good run."""
    if last_pause_s == 0 or ran_s >= RAN_WELL_S:
        return FIRST_PAUSE_S
    return min(2 * last_pause_s, LONGEST_PAUSE_S)


def described(status: int) -> str:
    """Return an exit status in words; a negative one is a signal's number, as `subprocess` has it."""
    if status >= 0:
        return f"exit {status}"
    return f"killed by {signal.Signals(-status).name}"
