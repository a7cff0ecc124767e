"""Telling that the database is away, while there is nowhere else to keep what was told than a file of this machine.

Nothing but that is decided then. One process of a machine does it at a time, and of several machines the one whose
name is in the cache's Redis, as long as that answers. When the database is back the file's content goes there, and what
follows is decided as ever.
"""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import redis
from flask import current_app
from pydantic import TypeAdapter

from dealradar.cache import NAMESPACE
from dealradar.config import Settings
from dealradar.invalidation import bookkeeping
from dealradar.monitoring import servers
from dealradar.monitoring.alerts import dependencies, gauging, ledger, states, telling, thresholds
from dealradar.monitoring.alerts.deciding import State, decide
from dealradar.monitoring.alerts.gauging import Gauge
from dealradar.monitoring.alerts.ledger import Alert, Told
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.measures import TELLINGS
from dealradar.monitoring.alerts.notices import notice
from dealradar.monitoring.alerts.signals import DEGRADED, Signal
from dealradar.monitoring.alerts.telling import Pace
from dealradar.monitoring.mail import spooling

SPOKESMAN: Final = f"{NAMESPACE}:alerts:spokesman"
SPOKESMAN_FOR_S: Final = 60
_GAUGES: Final = (Gauge(Signal.DATABASE_DOWN, dependencies.read_database),)


@dataclass(frozen=True)
class Outage:
    """What is known of the database's absence, what was told of it, and when it was last looked."""

    taken_at: datetime
    state: State = field(default_factory=State)
    told: Told = field(default_factory=Told)


_FILED: Final = TypeAdapter(Outage)


def look(*, now: datetime) -> None:
    """Find out whether the database is away, and spool a mail once it has been for long enough.

    Raises:
        OSError: The file can't be read or written.
    """
    with _alone() as is_alone:
        if not is_alone:
            return
        known = _read()
        if known is not None and now - known.taken_at < timedelta(seconds=_settings().alert_every_s):
            return
        _look(known or Outage(now), now)


def adopt(*, now: datetime) -> None:
    """Enter into the database what was told while it was away, if anything was.

    Raises:
        SQLAlchemyError: It is away again.
        OSError: The file can't be read or removed.
    """
    if not _path().exists():
        return
    with _alone() as is_alone:
        known = _read() if is_alone else None
        if known is None:
            return
        if known.told.level is not Level.OK:
            with bookkeeping():
                if ledger.adopt(Signal.DATABASE_DOWN, known.state, known.told, now=now):
                    states.hold()
                    states.keep({Signal.DATABASE_DOWN: known.state})
        _path().unlink()


def _look(known: Outage, now: datetime) -> None:
    settings = _settings()
    rule = thresholds.rules(settings)[Signal.DATABASE_DOWN]
    (measured,) = gauging.measure(_GAUGES, now=now)
    if measured.value is None or measured.value <= DEGRADED:
        if known.told.level is Level.OK:
            _path().unlink(missing_ok=True)
        return
    state, _ = decide(known.state, measured, rule, now=now)
    seen = Outage(now, state, known.told)
    pace = replace(Pace.of(settings), group=timedelta(0))  # nothing else can be gathered
    due = telling.due([_alert(seen)], (), pace, now=now)
    if due and _is_spokesman(settings):
        spooling.spool([notice(one, rule, ()) for one in due], now=now)
        TELLINGS.labels(Signal.DATABASE_DOWN, due[0].kind).inc()
        seen = replace(seen, told=Told(state.level, now, known.told.count + 1))
    _write(seen)


def _alert(known: Outage) -> Alert:
    state = known.state
    return Alert(
        id=0,
        signal=Signal.DATABASE_DOWN,
        level=state.level,
        peak=state.level,
        value=state.value,
        detail=state.detail,
        began_at=state.began_at or known.taken_at,
        fired_at=state.changed_at or known.taken_at,
        told=known.told,
    )


def _is_spokesman(settings: Settings) -> bool:
    """Return whether this machine is to tell, which it is as well if the machines can't agree."""
    try:
        return servers.hold(settings.redis_url, SPOKESMAN, by=socket.gethostname(), for_s=SPOKESMAN_FOR_S)
    except redis.RedisError:
        return True


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _path() -> Path:
    return _settings().mail_dir / "outage.json"


def _read() -> Outage | None:
    try:
        return _FILED.validate_json(_path().read_bytes())
    except (FileNotFoundError, ValueError):  # what was cut short says as little as none
        return None


def _write(known: Outage) -> None:
    fresh = _path().with_suffix(".new")
    fresh.write_bytes(_FILED.dump_json(known))
    fresh.replace(_path())


@contextmanager
def _alone() -> Iterator[bool]:
    """Give whether no other process of this machine is within such a block; ends with the process, too."""
    folder = _settings().mail_dir
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "outage.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
