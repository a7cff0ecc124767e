"""What each process does by the clock beside its requests and tasks: a line each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Flask

from dealradar.config import Settings
from dealradar.fastlane.telling import tell_hits, tell_last_hits
from dealradar.httpcache import stores
from dealradar.httpcache.control.background import follow_policies, tell_demand
from dealradar.invalidation import bookkeeping
from dealradar.invalidation.keeping_warm import keep_warm
from dealradar.monitoring import gauges, processes, readings
from dealradar.monitoring.alerts.watcher import watch_alerts
from dealradar.monitoring.mail.delivering import deliver_mails
from dealradar.monitoring.mail.spooling import deliver_spooled_mails
from dealradar.rounds import Kind, Rounds

Pace = Callable[[Settings], float]


@dataclass(frozen=True)
class Round:
    """What processes of some kinds do again and again.

    Attributes:
        pace: The seconds between two times, by the settings of the process.
        is_awaited: Whether it is done once before the process does anything else.
    """

    act: Callable[[], object]
    pace: Pace
    kinds: frozenset[Kind]
    is_awaited: bool = False


def every(seconds_s: float) -> Pace:
    """Return the pace that no setting changes."""
    return lambda _: seconds_s


ALL: Final = frozenset({Kind.WEB, Kind.WORKER})
WEB: Final = frozenset({Kind.WEB})
WORKERS: Final = frozenset({Kind.WORKER})

POLICIES_EVERY_S: Final = 2.0
"""With a slow statement on top, a change is in force everywhere within 5 s."""

ROUNDS: Final = (
    Round(follow_policies, every(POLICIES_EVERY_S), ALL, is_awaited=True),
    Round(tell_demand, every(5.0), WEB),
    Round(tell_hits, every(1.0), WEB),
    Round(processes.be_seen, every(10.0), ALL),
    Round(readings.flush, every(2.0), ALL),
    Round(gauges.read_gauges, every(5.0), ALL),
    Round(watch_alerts, lambda settings: settings.alert_every_s, ALL),
    Round(deliver_mails, every(5.0), ALL),
    Round(deliver_spooled_mails, every(5.0), ALL),
    # No task: it rests most of its time, and the sweep would wait for it where a worker has but one process.
    Round(keep_warm, every(5.0), WORKERS),
)


def begin_serving(app: Flask) -> None:
    """Begin what a process that serves *app* does, and have the cache ready for it; in that process, once."""
    _begin(app, Kind.WEB)
    with app.app_context():
        stores.await_first_recovery()


def begin_working(app: Flask) -> None:
    """Begin what a process that does background tasks does, which answers what it warms; in that process, once."""
    _begin(app, Kind.WORKER)


def end(app: Flask) -> None:
    """End in good order: nothing is lost that was counted here, and the process isn't missed. Never raises."""
    Rounds(app, _leave, every_s=0).once()


def _leave() -> None:
    tell_last_hits()
    readings.flush()
    with bookkeeping():
        processes.leave()


def _begin(app: Flask, kind: Kind) -> None:
    processes.connect(app, kind)
    settings: Settings = app.extensions["settings"]
    for each in ROUNDS:
        if kind in each.kinds:
            Rounds(app, each.act, every_s=each.pace(settings)).begin(is_awaited=each.is_awaited)
