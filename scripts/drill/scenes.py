"""What is done to a running site so that each signal crosses its thresholds, and how it is undone: one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scripts.consistency.stack import BROKER, CACHE, DATABASE
from scripts.drill import harms
from scripts.drill.harms import MIB, Act

WARNING: Final = "warning"
CRITICAL: Final = "critical"
OK: Final = "ok"

TOLD: Final[Mapping[str, str]] = {
    "ALERT_EVERY_S": "0.5",
    "ALERT_WINDOW_S": "10",
    "ALERT_HOLD_PERCENT": "10",
    "ALERT_GROUP_S": "1",
    "ALERT_RESPONSE_TIME_P95_WARNING": "0.9",
    "ALERT_RESPONSE_TIME_P95_CRITICAL": "1.6",
    "ALERT_REDIS_MEMORY_WARNING": str(60 * MIB),
    "ALERT_REDIS_MEMORY_CRITICAL": str(120 * MIB),
    "ALERT_OUTBOX_OLDEST_WARNING": "3",
    "ALERT_OUTBOX_OLDEST_CRITICAL": "7",
    "ALERT_CELERY_SILENT_WARNING": "15",
    "ALERT_CELERY_SILENT_CRITICAL": "25",
    "ALERT_MAIL_FAILING_WARNING": "4",
    "ALERT_MAIL_FAILING_CRITICAL": "9",
    "CACHE_RECOMPUTE_MAX_CONCURRENT": "8",
}
"""Seconds where it is minutes, and bounds that a small machine reaches; all else is as it is deployed."""


@dataclass(frozen=True)
class Step:
    """One thing that is done, and to which level it has each signal *told*, by mail within *patience_s*."""

    name: str
    act: Act
    told: Mapping[str, str]
    patience_s: float = 60.0


@dataclass(frozen=True)
class Scene:
    """Steps that belong together; the last makes all well again. *needs_disk* has the site be on a disk of its own."""

    signals: tuple[str, ...]
    steps: tuple[Step, ...]
    needs_disk: bool = False


SCENES: Final = (
    Scene(
        ("cache_hit_ratio",),
        (
            Step("3 of 10 requests miss", harms.missing(0.3), {"cache_hit_ratio": WARNING}),
            Step("7 of 10 requests miss", harms.missing(0.7), {"cache_hit_ratio": CRITICAL}),
            Step("all are hits", harms.missing(0.0), {"cache_hit_ratio": OK}),
        ),
    ),
    # One stale sample of a few is above both thresholds; that it is over is waited for at the end.
    Scene(
        ("stale_ratio",),
        (Step("a write that no trigger sees", harms.write_unheard, {"stale_ratio": CRITICAL}, patience_s=90.0),),
    ),
    Scene(
        ("response_time_mean", "response_time_p95"),
        (
            Step("statements take 0.7 s", harms.slow(0.7), {"response_time_mean": WARNING}),
            Step(
                "statements take 1.2 s", harms.slow(1.2), {"response_time_mean": CRITICAL, "response_time_p95": WARNING}
            ),
            Step("statements take 1.8 s", harms.slow(1.8), {"response_time_p95": CRITICAL}),
            Step("as quick as ever", harms.unveil, {"response_time_mean": OK, "response_time_p95": OK}),
        ),
    ),
    Scene(
        ("error_rate",),
        (
            Step("1 of 14 requests fails", harms.failing(0.07), {"error_rate": WARNING}),
            Step("3 of 10 requests fail", harms.failing(0.3), {"error_rate": CRITICAL}),
            Step("none fails", harms.unveil, {"error_rate": OK}),
        ),
    ),
    Scene(
        ("redis_memory",),
        (
            Step("Redis holds 80 MiB", harms.filled(80), {"redis_memory": WARNING}),
            Step("Redis holds 140 MiB", harms.filled(140), {"redis_memory": CRITICAL}),
            Step("all that is deleted", harms.emptied, {"redis_memory": OK}),
        ),
    ),
    Scene(
        ("redis_connection",),
        (
            Step("Redis answers 0.15 s late", harms.late(0.15), {"redis_connection": WARNING}),
            Step("kill -9 of Redis", harms.killed(CACHE), {"redis_connection": CRITICAL}),
            Step("Redis is started again", harms.revived(CACHE), {"redis_connection": OK}),
        ),
    ),
    Scene(
        ("broker_connection",),
        (
            Step("kill -9 of the broker", harms.killed(BROKER), {"broker_connection": CRITICAL}),
            Step("the broker is started again", harms.revived(BROKER), {"broker_connection": OK}, patience_s=90.0),
        ),
    ),
    Scene(
        ("outbox_oldest", "celery_silent"),
        (
            Step("workers are frozen, psql writes", harms.freeze_workers, {"outbox_oldest": WARNING}),
            Step("it goes on", harms.wait, {"outbox_oldest": CRITICAL}),
            Step("it goes on", harms.wait, {"celery_silent": WARNING}),
            Step("it goes on", harms.wait, {"celery_silent": CRITICAL}),
            Step("workers go on", harms.thaw, {"outbox_oldest": OK, "celery_silent": OK}, patience_s=90.0),
        ),
    ),
    Scene(
        ("database_down",),
        (
            Step("PostgreSQL lets nobody in for a second", harms.delayed_at_the_door(1), {"database_down": WARNING}),
            Step("kill -9 of PostgreSQL", harms.kill_database, {"database_down": CRITICAL}, patience_s=90.0),
            Step("PostgreSQL is started again", harms.revived(DATABASE), {"database_down": OK}, patience_s=90.0),
        ),
    ),
    Scene(
        ("disk_free",),
        (
            Step("8 % of the disk are free", harms.disk_with(0.08), {"disk_free": WARNING}),
            Step("4 % of the disk are free", harms.disk_with(0.04), {"disk_free": CRITICAL}),
            Step("the disk is freed", harms.free_disk, {"disk_free": OK}),
        ),
        needs_disk=True,
    ),
    Scene(
        ("mail_failing",),
        (
            Step("the mail server stops for 20 s", harms.close_inbox, {}),
            Step(
                "the mail server is back",
                harms.open_inbox,
                {"redis_memory": WARNING, "mail_failing": OK},
                patience_s=120.0,
            ),
            Step("all is deleted that there was to tell of", harms.emptied, {"redis_memory": OK}),
        ),
    ),
    Scene(
        ("stale_ratio",),
        (Step("nothing stale is found any more", harms.wait, {"stale_ratio": OK}, patience_s=300.0),),
    ),
)
