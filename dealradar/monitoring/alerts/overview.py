"""What administrators see of alerts and do about them, over HTTP and on the command line alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import select

from dealradar.config import Settings
from dealradar.domain import pages
from dealradar.domain.errors import Fault, InvalidError
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import Page
from dealradar.extensions import db
from dealradar.monitoring.alerts import ledger, silences, states, thresholds
from dealradar.monitoring.alerts.deciding import State
from dealradar.monitoring.alerts.models import AlertRow
from dealradar.monitoring.alerts.shapes import (
    MAX_SILENCE,
    AlertOut,
    AlertQuery,
    SignalOut,
    SignalsOut,
    SilenceDraft,
    SilenceOut,
    SilencesOut,
)
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.thresholds import Rule

FIRING_FIRST: Final = Order("firing first", (Key(AlertRow.is_firing), Key(AlertRow.id)))


def listing(query: AlertQuery) -> Page[AlertOut]:
    """Return a page of alerts: those that fire, then those that are over, the latest of each first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    wanted = list(Signal) if query.signal is None else [query.signal]
    window = Window(scope=f"alerts {query.signal}", limit=query.limit, cursor=query.cursor)
    statement = select(AlertRow).where(AlertRow.signal.in_(wanted))
    rows, next_cursor = pages.fetch(db.session(), statement, FIRING_FIRST, window)
    rules = _rules()
    items = [AlertOut.of(alert, rules[alert.signal]) for alert in (ledger.alert_of(row[0]) for row in rows)]
    return Page(items=items, next_cursor=next_cursor)


def signals(*, now: datetime) -> SignalsOut:
    """Return what each signal is just now, with its thresholds."""
    known = states.read()
    until = {silence.signal: silence.until for silence in reversed(silences.in_force(now))}
    return SignalsOut(
        items=[
            SignalOut.of(rule, known.get(signal, State()), silenced_until=until.get(signal))
            for signal, rule in _rules().items()
        ]
    )


def acknowledge(alert_id: int, *, by: str, now: datetime) -> AlertOut:
    """Note that *by* looks after an alert, so that nobody is reminded of it; the caller commits.

    Raises:
        NotFoundError: There is no such alert.
        ConflictError: It is over.
    """
    alert = ledger.acknowledge(alert_id, by=by, now=now)
    return AlertOut.of(alert, _rules()[alert.signal])


def silence(draft: SilenceDraft, *, by: str, now: datetime) -> SilenceOut:
    """Let nobody be told of a signal before a time; the caller commits.

    Raises:
        InvalidError: The time has passed, or is too far off.
    """
    if not now < draft.until <= now + MAX_SILENCE:
        raise InvalidError(Fault("until", f"must be in the future, within {MAX_SILENCE.days} days"))
    return SilenceOut.of(silences.add(draft.signal, until=draft.until, reason=draft.reason, by=by))


def silenced(*, now: datetime) -> SilencesOut:
    """Return the silences that hold."""
    return SilencesOut(items=[SilenceOut.of(one) for one in silences.in_force(now)])


def _rules() -> Mapping[Signal, Rule]:
    settings: Settings = current_app.extensions["settings"]
    return thresholds.rules(settings)
