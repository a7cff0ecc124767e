"""What became of mails, for the dashboard and for the alert that mails fail."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from dealradar.domain.shapes import Output
from dealradar.extensions import db
from dealradar.monitoring.mail.mails import State
from dealradar.monitoring.mail.models import MailRow

KEPT: Final = timedelta(days=30)
ARRIVED: Final = (State.SENT, State.WRITTEN)


class MailOut(Output):
    """One mail to one recipient, and what became of it: ``queued``, ``sent``, ``written`` to a file, or ``failed``."""

    id: int
    recipient: str
    subject: str
    state: State
    queued_at: datetime
    due_at: datetime
    ended_at: datetime | None
    attempts: int
    last_error: str


_SHOWN: Final = tuple(getattr(MailRow, name) for name in MailOut.model_fields)


def read_mails(limit: int) -> Sequence[MailOut]:
    """Return the newest *limit* mails, newest first."""
    rows = db.session.execute(select(*_SHOWN).order_by(MailRow.id.desc()).limit(limit))
    return [MailOut.model_validate(row) for row in rows]


def mail_failing(now: datetime) -> float:
    """Return for how many seconds mails have failed to arrive, 0 where they do.

    One that waits to be tried again counts, and one that failed for good if it reached none of those it was for, until
    another mail arrives.
    """
    other = aliased(MailRow)
    reached = or_(other.batch == MailRow.batch, other.ended_at > MailRow.ended_at)
    is_lost = and_(MailRow.state == State.FAILED, ~exists().where(other.state.in_(ARRIVED), reached))
    failing = select(func.min(MailRow.first_failed_at)).where(or_(MailRow.state == State.QUEUED, is_lost))
    since = db.session.scalar(failing)
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def forget(*, now: datetime) -> int:
    """Delete what was passed on or given up long ago; return how many mails. The caller commits."""
    old = delete(MailRow).where(MailRow.state != State.QUEUED, MailRow.queued_at < now - KEPT)
    return len(db.session.scalars(old.returning(MailRow.id)).all())
