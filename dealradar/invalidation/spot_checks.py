"""A few of the stored answers that are asked for, compared with what the database says.

What a rule forgot, what was written past the triggers, and what a fault left behind shows here; a hit ratio never does.
"""

import random
from collections.abc import Collection
from contextlib import suppress
from typing import Final

import structlog
from werkzeug.exceptions import HTTPException

from dealradar.domain.errors import BusyError, DomainError
from dealradar.extensions import db
from dealradar.httpcache import demand
from dealradar.httpcache.control import asking, paths, warming
from dealradar.httpcache.measures import SAMPLES
from dealradar.httpcache.samples import Comparing, Difference, Sample, Verdict
from dealradar.invalidation import outbox
from dealradar.invalidation.hook import is_paying
from dealradar.invalidation.kinds import Kind

AT_ONCE: Final = 4
"""How many are compared in one go: with one go each 15 s, 16 a minute, each for a few statements."""
DRAWN_FROM: Final = 500
"""Of how many paths, those in most demand."""
MAX_LOOKED_UP: Final = 40
"""How many are looked up in one go to find them; of what isn't stored nothing is computed."""

log = structlog.get_logger(__name__)


def compare(count: int = AT_ONCE) -> list[Sample]:
    """Return what comparing up to *count* stored answers came to, drawn from those in most demand; stores nothing.

    Those that turned out to be no longer stored are among what is returned. None while the store can't be asked.
    Personal answers are not among them, nor those that say that there is no such thing.
    """
    try:
        demanded = [*warming.counted_lately(DRAWN_FROM)]
    except BusyError:
        return []
    samples: list[Sample] = []
    for path in random.sample(demanded, min(MAX_LOOKED_UP, len(demanded))):
        if sum(sample.verdict is not Verdict.ABSENT for sample in samples) == count:
            break
        if (sample := _compare(path)) is not None:
            samples.append(sample)
    return samples


def heal(samples: Collection[Sample]) -> None:
    """Let the present transaction owe what is stale among *samples*, so that it goes; the caller commits."""
    differences = [sample.difference for sample in samples if sample.difference is not None]
    if differences:
        outbox.owe([_own_tag(difference.path) for difference in differences], kind=Kind.HARD)


def _compare(path: str) -> Sample | None:
    comparing = Comparing(path, _is_owed)
    with suppress(DomainError, HTTPException):
        asking.ask(path, **{demand.SERVED_BY: comparing})
    if comparing.sample is None:
        return None
    SAMPLES.labels(comparing.sample.verdict).inc()
    if comparing.sample.difference is not None:
        _report(comparing.sample.difference)
    return comparing.sample


def _is_owed(tags: Collection[str]) -> bool:
    """Return whether *tags* are about to be invalidated; where writes don't invalidate, nothing ever is."""
    if not is_paying():
        return False
    try:
        return outbox.is_owed(tags)
    finally:
        db.session.rollback()


def _report(difference: Difference) -> None:
    log.error(
        "cache_entry_stale",
        key=difference.key,
        tags=difference.tags,
        age_s=round(difference.age_s, 3),
        fields=difference.fields,
        stored_digest=difference.stored_digest,
        computed_digest=difference.computed_digest,
    )


def _own_tag(path: str) -> str:
    return paths.tag_of_path(path.partition("?")[0])
