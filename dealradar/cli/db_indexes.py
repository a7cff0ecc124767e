"""The indexes as operators see and mend them, outside of a release."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from dealradar.cli import progress
from dealradar.cli.progress import Bar
from dealradar.extensions import db
from dealradar.indexes import CATALOGUE, Index, advice, building, inspection, presence
from dealradar.indexes.building import BuildingElsewhereError
from dealradar.indexes.inspection import Evidence
from dealradar.indexes.presence import State

MIB: Final = 1_048_576
LOOKED_EVERY_S: Final = 0.25
DEAREST: Final = 50
"""How many of the statements that take most of the database's time are looked at for what they lack."""
LARGE_ROWS: Final = 10_000
BY_NAME: Final = {index.name: index for index in CATALOGUE}

commands: Final = AppGroup("db-indexes", help="The database's indexes: look, build, drop, while everybody works on.")
only: Final = click.option(
    "--only", metavar="NAME", type=click.Choice(list(BY_NAME)), help="This one alone, such as idx_reviews_deal_sort."
)


@commands.command("status")
def status() -> None:
    """Print what has become of each index, its size and how often it was used; fail if one isn't ready."""
    with _connection(db.engine) as connection:
        there = presence.present(connection)
        states = presence.states(connection, CATALOGUE)
        since = presence.counted_since(connection)
    click.echo(f"{'index':<34} {'state':<9} {'MiB':>9} {'scans':>12} since {since:%Y-%m-%d %H:%M}")
    for index in CATALOGUE:
        own = there.get(index.name)
        figures = f"{own.size_bytes / MIB:>9.1f} {own.scans:>12,}" if own else f"{'-':>9} {'-':>12}"
        click.echo(f"{index.name:<34} {states[index.name]:<9} {figures}")
    missing = [name for name, state in states.items() if state is not State.READY]
    if missing:
        click.echo(f"Not ready: {len(missing)} of {len(CATALOGUE)}. `flask db-indexes create` builds them.")
        sys.exit(1)


@commands.command("create")
@only
def create(only: str | None) -> None:
    """Build what isn't there, or was left half built, without keeping anybody from reading and writing."""
    with _in_plain_words(), _connection(db.engine) as connection, building.at_work(connection):
        states = presence.states(connection, _wanted(only))
        unready = [BY_NAME[name] for name, state in states.items() if state is not State.READY]
        for index in unready:
            with progress.bar(index.name, 1) as bar:
                _watched(partial(building.ensure, connection, index), bar, db.engine)
            click.echo(f"Built {index.name} ({states[index.name]} before).")
    click.echo(f"{len(states)} ready, of which {len(unready)} are new.")


@commands.command("drop")
@only
@click.confirmation_option(prompt="Queries that need them will be slow. Drop?")
def drop(only: str | None) -> None:
    """Drop an index, or all; `create` builds them again."""
    dropped = 0
    with _in_plain_words(), _connection(db.engine) as connection, building.at_work(connection):
        for index in _wanted(only):
            if building.drop(connection, index.name):
                click.echo(f"Dropped {index.name}.")
                dropped += 1
    click.echo(f"{dropped} dropped.")


@commands.command("advise")
def advise() -> None:
    """Print which indexes are unused, bloated, or do what others do too, and which lack, with the SQL to act on."""
    with _connection(db.engine) as connection:
        statements = inspection.dearest(connection, DEAREST)
        lacking = None if statements is None else inspection.whole_scans(connection, statements, min_rows=LARGE_ROWS)
        evidence = Evidence(
            indexes=inspection.indexes(connection),
            counted_since=presence.counted_since(connection),
            whole_scans=None if lacking is None else list(lacking),
        )
    now = datetime.now(UTC)
    for one in advice.advise(evidence, now=now):
        click.echo(f"{one.kind:<9} {one.about}: {one.why}\n          {one.sql}")
    if now - evidence.counted_since < advice.MIN_COUNTED:
        click.echo(f"Scans are counted since {evidence.counted_since:%Y-%m-%d %H:%M}: too short to call any unused.")
    if evidence.whole_scans is None:
        click.echo("Which ones lack can't be told: it takes pg_stat_statements, and PostgreSQL 16.")


def _wanted(name: str | None) -> Sequence[Index]:
    return CATALOGUE if name is None else (BY_NAME[name],)


def _watched(act: Callable[[], object], bar: Bar, engine: Engine) -> None:
    """Do *act* in a thread, and show on *bar* meanwhile how far the server says it is."""
    with ThreadPoolExecutor(1) as thread, _connection(engine) as connection:
        doing = thread.submit(act)
        while True:
            try:
                doing.result(timeout=LOOKED_EVERY_S)
            except NotYetError:
                _show(presence.progress(connection), bar)
            else:
                return


def _show(seen: Sequence[presence.Progress], bar: Bar) -> None:
    for one in seen:
        bar.describe(one.phase, one.total)
        bar.advance_to(one.done)


def _connection(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except BuildingElsewhereError as error:
        raise click.ClickException(str(error)) from None
    except OperationalError as error:
        reason = str(error.orig).partition("\n")[0]
        raise click.ClickException(f"{reason}: what was begun is found and mended by the next `create`") from None
