"""How the site's work goes: what people are answered, what is owed, whether background work and mail are done."""

from datetime import datetime
from functools import partial

from flask import current_app

from dealradar.config import Settings
from dealradar.domain.reading import read_only
from dealradar.invalidation import outbox
from dealradar.invalidation.hook import is_paying
from dealradar.monitoring import processes, sampling, windows
from dealradar.monitoring.alerts.gauging import Gauge, Reading
from dealradar.monitoring.alerts.signals import DEFINITIONS, Signal
from dealradar.monitoring.mail import reading as mails
from dealradar.monitoring.windows import Window
from dealradar.rounds import Kind


def of_traffic(signal: Signal) -> Gauge:
    """Return the gauge of one of the signals that are read off the window of requests."""
    return Gauge(signal, partial(_read_traffic, signal))


def read_outbox(_now: datetime) -> Reading:
    """Return for how many seconds the oldest tag has been owed to any target."""
    if not is_paying():
        return Reading(None, "Writes invalidate nothing: CACHE_ENABLED or CACHE_BUST_ON_WRITE is false.")
    with read_only():
        owed = outbox.backlog()
    return Reading(owed.oldest_s, f"{owed.tags} tags are owed.")


def read_stale_ratio(now: datetime) -> Reading:
    """Return which part of the entries that were sampled of late was stale."""
    with read_only():
        sampled = sampling.stale_ratio(_window_s(Signal.STALE_RATIO), now)
    if sampled.ratio is None:
        return Reading(None, "No entry was sampled.")
    return Reading(sampled.ratio, f"{sampled.stale} of {sampled.samples} samples were stale.")


def read_celery(now: datetime) -> Reading:
    """Return for how many seconds nothing has come of what beat asks the workers for."""
    with read_only():
        seen = [process.seen_at for process in processes.read_processes() if process.kind is Kind.BEAT]
    if not seen:
        return Reading(None, "Beat and the workers haven't been heard of yet.")
    silent_s = max(0.0, (now - max(seen)).total_seconds())
    return Reading(silent_s, f"What beat asked for was last done at {max(seen):%H:%M:%S} UTC.")


def read_mail(now: datetime) -> Reading:
    """Return for how many seconds mails have failed to arrive."""
    with read_only():
        failing = mails.failing(now)
    if not failing.mails:
        return Reading(0.0, "No mail has failed to arrive.")
    return Reading(failing.lasted_s, f"{failing.mails} did not arrive: {failing.error}")


def _read_traffic(signal: Signal, now: datetime) -> Reading:
    with read_only():
        window = windows.read_window(_window_s(signal), now=now)
    counted = window.lookups if signal is Signal.CACHE_HIT_RATIO else window.requests
    minimum = DEFINITIONS[signal].minimum
    if minimum is not None and counted < minimum.count:
        return Reading(None, f"Too little to say: {counted} {minimum.what}, of the {minimum.count} that it takes.")
    return _of(signal, window)


def _of(signal: Signal, window: Window) -> Reading:
    if signal is Signal.CACHE_HIT_RATIO:
        return Reading(window.hit_ratio, f"{window.hits} of {window.lookups} lookups were hits.")
    if signal is Signal.ERROR_RATE:
        return Reading(window.errors / window.requests, f"{window.errors} of {window.requests} requests got a 5xx.")
    taken_s = window.mean_s if signal is Signal.RESPONSE_TIME_MEAN else window.p95_s
    return Reading(taken_s, f"Of {window.requests} requests.")


def _window_s(signal: Signal) -> int:
    settings: Settings = current_app.extensions["settings"]
    return settings.alert_window_s * DEFINITIONS[signal].windows
