"""Whose turn it is: of all processes that ask, one gets each, without Redis and the broker."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from dealradar.extensions import db
from dealradar.monitoring.alerts.models import Turn


def take(name: str, *, every_s: float, now: datetime) -> bool:
    """Return whether the next turn of *name* has come and is the caller's, who commits.

    Who asks while another is about to commit waits for that and has none then.
    """
    mine = insert(Turn).values(name=name, taken_at=now)
    due = Turn.taken_at <= now - timedelta(seconds=every_s)
    claimed = mine.on_conflict_do_update(index_elements=[Turn.name], set_={"taken_at": now}, where=due)
    return db.session.execute(claimed.returning(Turn.name)).scalar_one_or_none() is not None
