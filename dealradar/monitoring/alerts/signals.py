"""What is watched: a line a signal."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Signal(StrEnum):
    """One thing that may be too bad; the value is its name everywhere: in settings, tables, mails and rules."""

    CACHE_HIT_RATIO = "cache_hit_ratio"
    RESPONSE_TIME_MEAN = "response_time_mean"
    RESPONSE_TIME_P95 = "response_time_p95"
    ERROR_RATE = "error_rate"
    REDIS_MEMORY = "redis_memory"
    REDIS_CONNECTION = "redis_connection"
    BROKER_CONNECTION = "broker_connection"
    OUTBOX_OLDEST = "outbox_oldest"
    STALE_RATIO = "stale_ratio"
    CELERY_SILENT = "celery_silent"
    DATABASE_DOWN = "database_down"
    DISK_FREE = "disk_free"
    MAIL_FAILING = "mail_failing"


class Unit(StrEnum):
    """What a signal's values are: a part of 1, seconds, bytes, or how well a server does (`WELL` and so on)."""

    RATIO = "ratio"
    SECONDS = "seconds"
    BYTES = "bytes"
    STATE = "state"


class Sense(StrEnum):
    """On which side of a threshold values are bad."""

    ABOVE = "above"
    BELOW = "below"


WELL: Final = 0.0
DEGRADED: Final = 1.0
FAILED: Final = 2.0


@dataclass(frozen=True)
class Minimum:
    """How much there must have been for a value to say anything: *count* of *what*."""

    count: int
    what: str


@dataclass(frozen=True)
class Definition:
    """What is to be known of a signal besides its thresholds.

    Attributes:
        title: What it is, as a mail's subject says it.
        windows: Of how many times the last ``ALERT_WINDOW_S`` seconds its value is; 0: of this moment.
        minimum: With less than that in the window there is no value.
        for_s: How long it must be bad before that counts.
        clear_for_s: How long it must be good again.
        margin: By which part of a threshold it must be better than that to count as good again.
        meaning: What people notice, in one sentence.
    """

    signal: Signal
    title: str
    unit: Unit
    sense: Sense
    for_s: float
    meaning: str
    windows: int = 0
    minimum: Minimum | None = None
    clear_for_s: float = 60.0
    margin: float = 0.0

    @property
    def anchor(self) -> str:
        """Its section in docs/alerts.md."""
        return self.signal.replace("_", "-")


TABLE: Final = (
    Definition(
        Signal.CACHE_HIT_RATIO,
        "Cache hit ratio",
        Unit.RATIO,
        Sense.BELOW,
        for_s=60,
        windows=1,
        minimum=Minimum(100, "lookups"),
        margin=0.02,
        meaning="More answers than usual are computed from the database, so that they are slower and it works harder.",
    ),
    Definition(
        Signal.RESPONSE_TIME_MEAN,
        "Average response time",
        Unit.SECONDS,
        Sense.ABOVE,
        for_s=60,
        windows=1,
        minimum=Minimum(20, "requests"),
        margin=0.1,
        meaning="People wait noticeably long for most of what they ask for.",
    ),
    Definition(
        Signal.RESPONSE_TIME_P95,
        "Response time of the slowest twentieth",
        Unit.SECONDS,
        Sense.ABOVE,
        for_s=60,
        windows=1,
        minimum=Minimum(100, "requests"),
        margin=0.1,
        meaning="One request in twenty takes very long, while most may be as fast as ever.",
    ),
    Definition(
        Signal.ERROR_RATE,
        "Rate of server errors",
        Unit.RATIO,
        Sense.ABOVE,
        for_s=30,
        windows=1,
        minimum=Minimum(20, "requests"),
        margin=0.1,
        meaning="Requests are answered with a 5xx: people don't get what they asked for.",
    ),
    Definition(
        Signal.REDIS_MEMORY,
        "Memory of the cache's Redis",
        Unit.BYTES,
        Sense.ABOVE,
        for_s=60,
        margin=0.05,
        meaning="The cache's Redis nears what its machine can give; at maxmemory it evicts what is used least.",
    ),
    Definition(
        Signal.REDIS_CONNECTION,
        "Connection to the cache's Redis",
        Unit.STATE,
        Sense.ABOVE,
        for_s=10,
        clear_for_s=30,
        meaning="Answers come from the database as long as the cache can't be asked: right, but slower.",
    ),
    Definition(
        Signal.BROKER_CONNECTION,
        "Connection to the broker",
        Unit.STATE,
        Sense.ABOVE,
        for_s=10,
        clear_for_s=30,
        meaning="Workers aren't told what to do: writes still show, but background work comes late or not at all.",
    ),
    Definition(
        Signal.OUTBOX_OLDEST,
        "Oldest invalidation that is owed",
        Unit.SECONDS,
        Sense.ABOVE,
        for_s=10,
        clear_for_s=30,
        margin=0.1,
        meaning="A committed write isn't known to every cache yet: somebody may be shown what was before it.",
    ),
    Definition(
        Signal.STALE_RATIO,
        "Stale entries among those sampled",
        Unit.RATIO,
        Sense.ABOVE,
        for_s=0,
        windows=12,
        minimum=Minimum(1, "samples"),
        meaning="Entries of the cache differed from what the database says: people were shown what is outdated.",
    ),
    Definition(
        Signal.CELERY_SILENT,
        "Silence of beat and the workers",
        Unit.SECONDS,
        Sense.ABOVE,
        for_s=0,
        clear_for_s=30,
        meaning="Background work stands still: other caches aren't told of writes, ended deals aren't closed.",
    ),
    Definition(
        Signal.DATABASE_DOWN,
        "Connection to the database",
        Unit.STATE,
        Sense.ABOVE,
        for_s=10,
        clear_for_s=30,
        meaning="Nothing can be written, and only what is in the cache can be read; the rest is answered with 503.",
    ),
    Definition(
        Signal.DISK_FREE,
        "Free disk space",
        Unit.RATIO,
        Sense.BELOW,
        for_s=60,
        margin=0.1,
        meaning="A machine of the site runs out of disk space; logs, metrics and mails are then lost, or it stops.",
    ),
    Definition(
        Signal.MAIL_FAILING,
        "Undelivered mail",
        Unit.SECONDS,
        Sense.ABOVE,
        for_s=0,
        clear_for_s=0,
        meaning="The mail server refuses or doesn't answer: what this site has to say by mail doesn't arrive.",
    ),
)

DEFINITIONS: Final = MappingProxyType({definition.signal: definition for definition in TABLE})
