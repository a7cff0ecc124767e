"""What became of mails, for the dashboard and for the alert that mails fail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from dealradar.domain import pages
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import ListQuery, Moment, Output, Page
from dealradar.extensions import db
from dealradar.monitoring.mail.mails import State
from dealradar.monitoring.mail.models import MailRow

KEPT: Final = timedelta(days=30)
ARRIVED: Final = (State.SENT, State.WRITTEN)
LATEST: Final = Order("latest", (Key(MailRow.id),))


class MailOut(Output):
    """One mail to one recipient.

    Attributes:
        state: ``queued``, ``sent``, ``written`` to a file where there is no server, or ``failed`` for good.
        due_at: When it is tried next, while it is queued.
        ended_at: When it was sent, written or given up.
        last_error: What the last try failed of, empty if it didn't.
    """

    id: int
    recipient: str
    subject: str
    state: State
    queued_at: Moment
    due_at: Moment
    ended_at: Moment | None
    attempts: int
    last_error: str


@dataclass(frozen=True)
class Failing:
    """For how long mails have failed to arrive, 0 where they do; how many don't, and what one of them failed of."""

    lasted_s: float
    mails: int
    error: str


_SHOWN: Final = tuple(getattr(MailRow, name) for name in MailOut.model_fields)


def listing(query: ListQuery) -> Page[MailOut]:
    """Return a page of mails, the latest first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    window = Window(scope="mails", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), select(*_SHOWN), LATEST, window)
    return Page(items=[MailOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def failing(now: datetime) -> Failing:
    """Return whether mails fail to arrive.

    One that waits to be tried again counts, and one that failed for good if it reached none of those it was for, until
    another mail arrives.
    """
    other = aliased(MailRow)
    reached = or_(other.batch == MailRow.batch, other.ended_at > MailRow.ended_at)
    is_lost = and_(MailRow.state == State.FAILED, ~exists().where(other.state.in_(ARRIVED), reached))
    waits = and_(MailRow.state == State.QUEUED, MailRow.first_failed_at.is_not(None))
    summary = select(func.min(MailRow.first_failed_at), func.count(), func.max(MailRow.last_error))
    since, mails, error = db.session.execute(summary.where(or_(waits, is_lost))).one()
    return Failing(0.0 if since is None else max(0.0, (now - since).total_seconds()), mails, error or "")


def forget(*, now: datetime) -> int:
    """Delete what was passed on or given up long ago; return how many mails. The caller commits."""
    old = delete(MailRow).where(MailRow.state != State.QUEUED, MailRow.queued_at < now - KEPT)
    return len(db.session.scalars(old.returning(MailRow.id)).all())
