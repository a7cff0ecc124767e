"""The names of what runs in the background, known to those who ask for it and to those who do it."""

from enum import StrEnum


class Job(StrEnum):
    """One kind of background task; the value is its name on the broker."""

    DELIVER_INVALIDATIONS = "invalidation.deliver"
    SWEEP_INVALIDATIONS = "invalidation.sweep"
    CLOSE_ENDED_DEALS = "deals.close_ended"
    REFRESH_REPUTATIONS = "users.refresh_reputations"
