"""What runs by the clock."""

from dataclasses import dataclass
from typing import Final

from dealradar.jobs import Job


@dataclass(frozen=True)
class Recurring:
    """A job that is asked for every *every_s* seconds, and no longer wanted when it is *expires_s* old.

    The second is what keeps a worker that was away from doing the same thing over and over. It allows for clocks that
    differ.
    """

    job: Job
    every_s: float
    expires_s: float


REPUTATIONS_EVERY_S: Final = 10
REPUTATION_PARTS: Final = 60
"""Everybody's within ten minutes, a part at a time."""

SCHEDULE: Final = (
    Recurring(Job.SWEEP_INVALIDATIONS, every_s=1, expires_s=30),
    Recurring(Job.WORK_ON_CACHE, every_s=2, expires_s=10),
    Recurring(Job.SAMPLE_CACHE, every_s=15, expires_s=15),
    Recurring(Job.LEARN_DEMAND, every_s=30, expires_s=30),
    Recurring(Job.SEE_BEAT, every_s=10, expires_s=10),
    Recurring(Job.TIDY_READINGS, every_s=60, expires_s=60),
    Recurring(Job.CLOSE_ENDED_DEALS, every_s=30, expires_s=60),
    Recurring(Job.REFRESH_REPUTATIONS, every_s=REPUTATIONS_EVERY_S, expires_s=REPUTATIONS_EVERY_S),
    Recurring(Job.FORGET_TOKENS, every_s=60, expires_s=120),
    Recurring(Job.FORGET_MAILS, every_s=3_600, expires_s=3_600),
)
