"""Reviews that were written elsewhere."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from dealradar import imports
from dealradar.cli import progress
from dealradar.domain.errors import DomainError
from dealradar.imports import Layout, Source, Tally, UnreadableError

FAILED: Final = 1
UNREADABLE: Final = 2


def _pairs(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> Sequence[tuple[str, str]]:
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} should be FIELD=COLUMN, such as body=ReviewText.")
    return [(field, column) for field, _, column in (pair.partition("=") for pair in given)]


@click.command("import-reviews")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "mapping",
    metavar="FIELD=COLUMN",
    multiple=True,
    callback=_pairs,
    help=f"Read FIELD ({', '.join(meaning.field for meaning in imports.MEANINGS)}) from COLUMN, or from none if it is"
    " empty. May be repeated: for category, to nest levels, the outermost first.",
)
@click.option("--dataset", help="What to know the rows by when they come again; without it, the file's name.")
@with_appcontext
def import_reviews(file: Path, mapping: Sequence[tuple[str, str]], dataset: str | None) -> None:
    """Bring in the product reviews of a CSV file: products become deals, their reviews the deals'.

    Bad rows are reported with their line and left out. Rows that are in already are left as they are. Exits with 1
    if nothing came in and nothing was there, with 2 if the file can't be read.
    """
    try:
        name = imports.dataset_of(file, dataset)
        with imports.opened(file) as source:
            status = _take_in(source, imports.layout_of(source.header, mapping), name)
    except UnreadableError as error:
        click.echo(error, err=True)
        sys.exit(UNREADABLE)
    sys.exit(status)


def _take_in(source: Source, layout: Layout, dataset: str) -> int:
    started_s = time.monotonic()
    tally, failure = Tally(), None
    with progress.bar("Importing", source.size_bytes) as bar:
        if source.is_guessed:
            bar.say("The file is not UTF-8: it is read as Windows-1252.")
        try:
            for batch in imports.take_in(source, layout, dataset=dataset):
                for fault in batch.faults:
                    bar.say(f"line {fault.line}: {fault.reason}")
                tally += batch.tally
                bar.advance_to(source.position_bytes())
        except (UnreadableError, DomainError, OperationalError) as error:
            failure = error
    click.echo(_summary(tally, time.monotonic() - started_s))
    if failure:
        click.echo(f"Stopped there: {_first_line(failure)} What is in stays in; run it again to go on.", err=True)
        return UNREADABLE if isinstance(failure, UnreadableError) else FAILED
    return 0 if tally.imported or tally.present else FAILED


def _summary(tally: Tally, elapsed_s: float) -> str:
    return (
        f"{tally.rows:,} rows read in {elapsed_s:.1f} s: {tally.imported:,} reviews imported, {tally.present:,} there"
        f" already, {tally.blank:,} blank rows, {tally.bad:,} bad ones.\n"
        f"Made for them: {tally.deals:,} deals, {tally.categories:,} categories, {tally.people:,} people."
    )


def _first_line(error: Exception) -> str:
    return str(error.orig if isinstance(error, OperationalError) else error).partition("\n")[0]
