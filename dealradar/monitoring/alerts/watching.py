"""One turn of watching: measure everything, decide what became of it, and have told what is to be."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from flask import current_app

from dealradar.config import Settings
from dealradar.invalidation import bookkeeping
from dealradar.monitoring.alerts import gauging, ledger, measuring, silences, states, telling, thresholds, turns, values
from dealradar.monitoring.alerts.deciding import Measurement, State, decide
from dealradar.monitoring.alerts.measures import CHANGES, TELLINGS
from dealradar.monitoring.alerts.notices import notices_of
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.telling import Pace, Telling
from dealradar.monitoring.alerts.thresholds import Rule
from dealradar.monitoring.mail import queueing

NAME: Final = "watch"
FORGET: Final = "forget"
FORGET_EVERY_S: Final = 3_600.0
log = structlog.get_logger(__name__)


def watch(*, now: datetime) -> bool:
    """Take the turn if it has come and nobody else has it; return whether it was taken.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    settings: Settings = current_app.extensions["settings"]
    with bookkeeping():
        is_ours = turns.take(NAME, every_s=settings.alert_every_s, now=now)
    if is_ours:
        measurements = gauging.measure(measuring.GAUGES, now=now)
        with bookkeeping():
            told = conclude(measurements, now=now)
        for telling in told:
            TELLINGS.labels(telling.alert.signal, telling.kind).inc()
        _forget(now)
    return is_ours


def conclude(measurements: Sequence[Measurement], *, now: datetime) -> Sequence[Telling]:
    """Decide by *measurements* what became of their signals, and queue the mail that is due; the caller commits.

    Return what the mail tells.

    However many do so at once, each goes on from what the one before it left.
    """
    settings: Settings = current_app.extensions["settings"]
    rules = thresholds.rules(settings)
    known = _decided(states.hold(), measurements, rules, now)
    states.keep(known)
    values.keep(measurements, now=now)
    silenced = {silence.signal for silence in silences.in_force(now)}
    due = telling.due(ledger.pending(known), silenced, Pace.of(settings), now=now)
    if due:
        queueing.queue(notices_of(due, rules, now=now), now=now)
        ledger.note_told([one.alert for one in due], now=now)
    return due


def _forget(now: datetime) -> None:
    with bookkeeping():
        if turns.take(FORGET, every_s=FORGET_EVERY_S, now=now):
            ledger.forget(now=now)
            silences.forget(now=now)


def _decided(
    known: Mapping[Signal, State], measurements: Iterable[Measurement], rules: Mapping[Signal, Rule], now: datetime
) -> Mapping[Signal, State]:
    after = dict(known)
    for measurement in measurements:
        signal = measurement.signal
        after[signal], transition = decide(known[signal], measurement, rules[signal], now=now)
        if transition is not None:
            ledger.record(signal, after[signal], transition, now=now)
            CHANGES.labels(signal, transition.after).inc()
            log.warning(
                "alert", signal=signal, before=transition.before, after=transition.after, value=measurement.value
            )
    return after
