"""Alerts on the command line; what the API does, the same functions do here."""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

import click
from flask.cli import AppGroup

from dealradar.cli.refusals import in_plain_words
from dealradar.domain.shapes import ListQuery
from dealradar.invalidation import transaction
from dealradar.monitoring.alerts import overview, silences, watching, wording
from dealradar.monitoring.alerts.shapes import MAX_SILENCE, AlertOut, AlertQuery, SignalOut, SilenceDraft
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.mail import reading, trying

SHOWN: Final = 20

commands: Final = AppGroup("alerts", help="What is wrong with the site: look, take care of, keep quiet.")


@commands.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=SHOWN, show_default=True, help="How many alerts.")
def listing(*, limit: int) -> None:
    """Print what each signal is just now, the silences, and the latest alerts."""
    now = datetime.now(UTC)
    for signal in overview.signals(now=now).items:
        click.echo(_signal_line(signal))
    for silence in overview.silenced(now=now).items:
        click.echo(
            f"silence {silence.id}  {silence.signal}  {_until(silence.until)}  {silence.created_by}: {silence.reason}"
        )
    for alert in overview.listing(AlertQuery(limit=limit)).items:
        click.echo(_alert_line(alert))


@commands.command("ack")
@click.argument("alert_id", type=int)
def acknowledge(alert_id: int) -> None:
    """Say that you look after alert ALERT_ID: nobody is reminded of it, unless it gets worse."""
    with in_plain_words(), transaction():
        alert = overview.acknowledge(alert_id, by=_name(), now=datetime.now(UTC))
    click.echo(_alert_line(alert))


@commands.command("silence")
@click.argument("signal", type=click.Choice([signal.value for signal in Signal]))
@click.option("--minutes", type=click.IntRange(1, int(MAX_SILENCE / timedelta(minutes=1)) - 1), required=True)
@click.option("--reason", required=True, help="Why, for whoever wonders.")
def silence(signal: str, *, minutes: int, reason: str) -> None:
    """Let nobody be told of SIGNAL for a while; what is still bad then is told then."""
    now = datetime.now(UTC)
    with in_plain_words(), transaction():
        draft = SilenceDraft(signal=Signal(signal), until=now + timedelta(minutes=minutes), reason=reason)
        made = overview.silence(draft, by=_name(), now=now)
    click.echo(f"Nobody is told of {made.signal} {_until(made.until)}; silence {made.id}.")


@commands.command("unsilence")
@click.argument("silence_id", type=int)
def unsilence(silence_id: int) -> None:
    """End silence SILENCE_ID before its time."""
    with in_plain_words(), transaction():
        silences.lift(silence_id, by=_name(), now=datetime.now(UTC))
    click.echo(f"Silence {silence_id} is over.")


@commands.command("watch")
def watch() -> None:
    """Take one turn of watching now, unless a process of the site has just taken it, and print what was found."""
    now = datetime.now(UTC)
    is_ours = watching.watch(now=now)
    for signal in overview.signals(now=now).items:
        click.echo(_signal_line(signal))
    if not is_ours:
        click.echo("Measured by another process a moment ago.")


@commands.command("mails")
@click.option("--limit", type=click.IntRange(1, 100), default=SHOWN, show_default=True, help="How many mails.")
def mails(*, limit: int) -> None:
    """Print what became of the latest mails about alerts."""
    for mail in reading.listing(ListQuery(limit=limit)).items:
        at = f"{mail.queued_at:%Y-%m-%d %H:%M:%S}"
        click.echo(f"{mail.id}  {at}  {mail.state:<7}  {mail.recipient}  {mail.subject}  {mail.last_error}".rstrip())


@commands.command("test-mail")
def test_mail() -> None:
    """Send a mail to everybody who gets alerts, now, and print what became of it."""
    with transaction():
        tried = trying.try_out(now=datetime.now(UTC))
    for one in tried:
        click.echo(f"{one.outcome.fate:<9}  {one.recipient}  {one.outcome.error}".rstrip())
    if not tried:
        raise click.ClickException("There is nobody to tell: no admin wants alerts by mail, and ALERT_EMAILS is empty.")
    if any(one.outcome.error for one in tried):
        raise click.ClickException("It did not reach everybody.")


def _signal_line(signal: SignalOut) -> str:
    level = f"{signal.level}, pending" if signal.is_pending else signal.level
    return f"{signal.signal:<20} {level:<16} {signal.value_text:<10} {signal.detail}"


def _alert_line(alert: AlertOut) -> str:
    lasted = "goes on" if alert.lasted_s is None else f"lasted {wording.span(alert.lasted_s)}"
    by = f"  {alert.acknowledged_by} looks after it" if alert.acknowledged_by else ""
    began = f"{alert.began_at:%Y-%m-%d %H:%M:%S}"
    return (
        f"{alert.id}  {began}  {alert.signal}  {alert.peak}  {alert.value_text} ({alert.threshold_text})  {lasted}{by}"
    )


def _until(until: datetime) -> str:
    return f"until {until:%Y-%m-%d %H:%M:%S} UTC"


def _name() -> str:
    return f"operator:{os.environ.get('USER') or os.getuid()}"
