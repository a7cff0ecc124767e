"""A community to try things out with."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext

from dealradar import seeds
from dealradar.cli import progress
from dealradar.cli.refusals import in_plain_words
from dealradar.config import Settings
from dealradar.domain.users import Passwords
from dealradar.seeds import Timeline

PASSWORD: Final = "dealradar-demo"  # noqa: S105  the demo's, which production never gets


@click.command("seed")
@click.option("--scale", type=click.Choice([scale.name for scale in seeds.SCALES]), default="small", show_default=True)
@click.option("--if-empty", is_flag=True, help="Where there is a community already, do nothing instead of failing.")
@with_appcontext
def command(scale: str, *, if_empty: bool) -> None:
    """Make up a whole community: people, deals, reviews, comments, votes and reports.

    The same scale on the same day (UTC) makes the same community. Except in production, people can log in to it.
    """
    if if_empty and not seeds.is_empty():
        click.echo("There is a community already.")
        return
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with in_plain_words():
        _sow(Timeline(seeds.named(scale), today))


def _sow(timeline: Timeline) -> None:
    started_s = time.monotonic()
    scale = timeline.scale
    password_hashes = _password_hashes()
    with progress.bar(f"Seeding {scale.name}", scale.reviews) as bar:
        for written in seeds.sow(timeline, password_hashes):
            bar.advance_to(written["reviews"])
    click.echo(f"Made a {scale.name} community in {time.monotonic() - started_s:.1f} s, {written.total():,} rows:")
    click.echo(", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in written.items()) + ".")
    if password_hashes:
        click.echo(f"Log in as {' or '.join(password_hashes)} with the password {PASSWORD}.")
    else:
        click.echo("Nobody can log in to it: this is production, where there are no demo passwords.")


def _password_hashes() -> Mapping[str, str]:
    settings: Settings = current_app.extensions["settings"]
    passwords: Passwords = current_app.extensions["passwords"]
    if settings.is_production:
        return {}
    return {log_in.username: passwords.hash(PASSWORD) for log_in in seeds.LOG_INS}
