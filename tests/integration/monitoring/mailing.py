"""Mails that tests queue and have delivered, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import select

from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.monitoring.mail import delivering, queueing, reading
from dealradar.monitoring.mail.mails import State
from dealradar.monitoring.mail.models import MailRow
from tests.notices import NOON, notice

OPS: Final = ("ops@example.org", "oncall@example.org")


@contextmanager
def entered(site: Flask) -> Iterator[Flask]:
    with site.app_context():
        yield site
        db.session.remove()


def queue(**changes: Any) -> int:
    with transaction():
        return queueing.queue([notice(**changes)], now=NOON)


def deliver(*, after_s: float = 0.0) -> int:
    return delivering.deliver(now=NOON + timedelta(seconds=after_s))


def mails() -> list[MailRow]:
    rows = list(db.session.scalars(select(MailRow).order_by(MailRow.id).execution_options(populate_existing=True)))
    db.session.rollback()
    for row in rows:
        db.session.refresh(row)
    return rows


def failing_s(*, after_s: float = 0.0) -> float:
    failing = reading.failing(NOON + timedelta(seconds=after_s))
    db.session.rollback()
    return failing.lasted_s


def states() -> dict[str, State]:
    return {mail.recipient: State(mail.state) for mail in mails()}
