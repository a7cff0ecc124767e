"""What is known of a request when it has been answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that has been answered, whoever answered it; its fields are those of the log's line.

    *route* is the rule it matched, never its path; *cache* the word of ``X-Cache``, None where no cache was concerned.
    *user_id* is None for who showed no person's credentials, and where nobody had to look at them.
    """

    method: str
    route: str
    status: int
    address: str | None
    cache: str | None
    duration_s: float
    statements: int
    database_s: float
    body_bytes: int
    user_id: int | None
