"""Whether the counters are right."""

import sys
from typing import Final

import click
from flask.cli import with_appcontext

from dealradar.domain import recount
from dealradar.invalidation import transaction

MAX_SHOWN: Final = 20


@click.command("recount")
@click.option("--mend", is_flag=True, help="Set those right that are wrong.")
@with_appcontext
def command(*, mend: bool) -> None:
    """Count anew what the counters should hold; fail if one is wrong and was not mended."""
    wrong = 0
    for drift in recount.drifts():
        wrong += 1
        if wrong <= MAX_SHOWN:
            click.echo(f"{drift.table} {drift.row}: {drift.column} is {drift.stored}, should be {drift.counted}")
    if wrong > MAX_SHOWN:
        click.echo(f"... and {wrong - MAX_SHOWN} more")
    if mend:
        with transaction():
            rows = recount.mend()
        click.echo(f"Mended the counters of {rows} rows." if rows else "Every counter is right.")
    elif wrong:
        click.echo(f"Wrong counters: {wrong}. `flask recount --mend` sets them right.")
        sys.exit(1)
    else:
        click.echo("Every counter is right.")
