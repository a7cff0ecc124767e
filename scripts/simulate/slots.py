"""What the store holds of a thing."""

from dataclasses import dataclass


@dataclass(slots=True)
class Slot:
    """An entry: what it was computed from is as of *made_s*; it can be served from *ready_s* until *ends_s*.

    From *soft_s* on it is refreshed while it is served. *hits* are those it has earned.
    """

    made_s: float
    ready_s: float
    ends_s: float
    soft_s: float
    body_bytes: int
    hits: int = 0
