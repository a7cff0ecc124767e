"""Loads of so many rows that following each of them would cost more than counting and invalidating once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from dealradar.domain import counters, recount
from dealradar.extensions import db
from dealradar.invalidation import outbox
from dealradar.invalidation.hook import transaction
from dealradar.invalidation.triggers import EVERYTHING


@contextmanager
def bulk_load() -> Iterator[None]:
    """Commit what the block wrote, its counters counted once and everything invalidated once, or roll it back.

    Inside, no counter follows what is written, and statements may take as long as they need.

    Raises:
        NestedTransactionError: The session is in a transaction() or bulk_load() already.
    """
    with transaction():
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        db.session.execute(text(f"SET LOCAL {counters.SWITCH} = 'off'"))
        outbox.keep_out()
        yield
        recount.mend()
        outbox.owe([EVERYTHING])
