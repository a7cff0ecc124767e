"""Passing on what is due, by whoever comes first: no broker and no Redis are needed for it."""

from datetime import UTC, datetime

import structlog
from flask import current_app
from sqlalchemy import Select, select

from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.invalidation import bookkeeping
from dealradar.monitoring.mail import carriers, recipients, spooling
from dealradar.monitoring.mail.carriers import Carrier
from dealradar.monitoring.mail.mails import Fate, Outcome, State, after
from dealradar.monitoring.mail.measures import MAILS
from dealradar.monitoring.mail.models import MailRow

log = structlog.get_logger(__name__)


def deliver_mails() -> int:
    """Pass on the mails that are due by the clock; return how many were.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    return deliver(now=datetime.now(UTC))


def deliver(*, now: datetime) -> int:
    """Pass on the mails that are due, committing after each; return how many were.

    However many do so at once, each mail is with one of them at a time. It is passed on at least once: again if who had
    it was killed, or the server's answer lost, and then under the same Message-ID.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    settings: Settings = current_app.extensions["settings"]
    with carriers.carrier(settings) as carrier:
        with bookkeeping():
            recipients.refresh(settings, now=now)
        spooling.adopt(settings.mail_dir)
        return _deliver_all(carrier, now)


def _deliver_all(carrier: Carrier, now: datetime) -> int:
    count = 0
    while (outcome := _deliver_next(carrier, now)) is not None:
        count += outcome.fate in {Fate.SENT, Fate.WRITTEN}
        if outcome.is_for_all:
            _postpone_all(outcome, now)
            break
    return count


def _deliver_next(carrier: Carrier, now: datetime) -> Outcome | None:
    with bookkeeping():
        # Held until it is known how it ended: of whoever is killed meanwhile, the database lets the others have it.
        mail = db.session.scalar(_due(now).limit(1))
        if mail is None:
            return None
        outcome = carrier.carry(mail.letter)
        _note(mail, outcome, now)
    MAILS.labels(outcome.fate).inc()
    return outcome


def _postpone_all(outcome: Outcome, now: datetime) -> None:
    with bookkeeping():
        for mail in db.session.scalars(_due(now)):
            _note(mail, outcome, now)


def _due(now: datetime) -> Select[MailRow]:
    due = select(MailRow).where(MailRow.state == State.QUEUED, MailRow.due_at <= now)
    return due.order_by(MailRow.due_at, MailRow.id).with_for_update(skip_locked=True)


def _note(mail: MailRow, outcome: Outcome, now: datetime) -> None:
    mail.advance(after(mail.progress, outcome, queued_at=mail.queued_at, now=now))
    if outcome.error:
        log.warning("mail_not_delivered", recipient=mail.recipient, outcome=outcome.fate, error=outcome.error)
