"""The one way to commit: what the transaction owes the cache is paid before the answer goes out."""

from collections.abc import Iterator
from contextlib import contextmanager

from dealradar.extensions import db


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or roll it back if it raised."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
