"""Bring the reviews of a file in, batch by batch: what is in stays in, whatever comes after it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from typing import Final, Self

from dealradar.domain import categories, deals, reviews, users
from dealradar.domain.errors import ConflictError
from dealradar.domain.reviews import ImportedReview
from dealradar.imports import names, rows
from dealradar.imports.columns import Layout
from dealradar.imports.rows import ReviewRow, RowFault
from dealradar.imports.sources import Source
from dealradar.invalidation import transaction

BATCH_ROWS: Final = 500
SECOND: Final = "is the reviewer's second review of the product; there is one review a person and product"
TAKEN: Final = "can't be given a made-up author: somebody has registered under that name"


@dataclass(frozen=True)
class Tally:
    """How many rows were read, what became of them (blank, bad, present or imported), and what was made for them."""

    rows: int = 0
    blank: int = 0
    bad: int = 0
    present: int = 0
    imported: int = 0
    deals: int = 0
    categories: int = 0
    people: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Batch:
    """What became of a stretch of rows, now committed, and why the bad ones stayed out."""

    tally: Tally
    faults: Sequence[RowFault]


def take_in(source: Source, layout: Layout, *, dataset: str) -> Iterator[Batch]:
    """Publish the reviews that *source* holds, and commit each batch of rows before it is yielded.

    A row that is in already, by its content, is left as it is.

    Raises:
        UnreadableError: The file can't be read on; the batches before are in.
    """
    while records := list(islice(source.records, BATCH_ROWS)):
        read = [rows.read(record, layout) for record in records]
        faults = [row for row in read if isinstance(row, RowFault)]
        with transaction():
            stored = _publish([row for row in read if isinstance(row, ReviewRow)], dataset)
        tally = stored.tally + Tally(rows=len(records), blank=read.count(None), bad=len(faults))
        yield Batch(tally, sorted([*faults, *stored.faults], key=lambda fault: fault.line))


def _publish(found: Sequence[ReviewRow], dataset: str) -> Batch:
    by_key = {names.review_key(dataset, row): row for row in found}
    present = reviews.imported(by_key)
    new = {key: row for key, row in by_key.items() if key not in present}
    places, made = _deals_of(new.values(), dataset)
    authors = {key: names.author(dataset, row) for key, row in new.items()}
    people = users.bring_in(dict.fromkeys(authors.values()))
    now = datetime.now(UTC)
    ready = [
        ImportedReview(
            source_key=key,
            deal_id=places[names.product_key(dataset, row.product)],
            author_id=people.ids[authors[key].username],
            rating=row.rating,
            title=row.title,
            body=row.body,
            helpful_count=row.helpful,
            written_at=row.date or now,
        )
        for key, row in new.items()
        if authors[key].username in people.ids
    ]
    published = reviews.bring_in(ready)
    faults = [
        RowFault(row.line, SECOND if authors[key].username in people.ids else TAKEN)
        for key, row in new.items()
        if key not in published
    ]
    tally = Tally(present=len(found) - len(new), bad=len(faults), imported=len(published), people=people.made)
    return Batch(tally + made, faults)


def _deals_of(reviewed: Collection[ReviewRow], dataset: str) -> tuple[Mapping[str, int], Tally]:
    """Return the ids of the deals that the reviews are of, and what had to be made for that."""
    first = {names.product_key(dataset, row.product): row for row in reversed(list(reviewed))}
    there = deals.imported(first)
    missing = [row for key, row in first.items() if key not in there]
    if not missing:
        return there, Tally()
    made_by, made = _importer(dataset)
    branches = {path: categories.bring_in(path) for path in dict.fromkeys(row.category for row in missing)}
    products = [
        names.product(dataset, row, author_id=made_by, category_id=branches[row.category].category_id)
        for row in missing
    ]
    brought = deals.bring_in(products)
    made += Tally(deals=brought.made, categories=sum(branch.made for branch in branches.values()))
    return {**there, **brought.ids}, made


def _importer(dataset: str) -> tuple[int, Tally]:
    stranger = names.importer(dataset)
    people = users.bring_in([stranger])
    if not people.ids:
        raise ConflictError(f"The deals would be {stranger.username}'s, who has registered; take another dataset name.")
    return people.ids[stranger.username], Tally(people=people.made)
