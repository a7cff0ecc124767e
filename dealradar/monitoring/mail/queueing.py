"""Writing down what mails there are to be sent."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.monitoring.mail import recipients
from dealradar.monitoring.mail.composing import Letterhead, compose
from dealradar.monitoring.mail.letters import Letter
from dealradar.monitoring.mail.mails import Progress
from dealradar.monitoring.mail.models import MailRow
from dealradar.monitoring.mail.notices import Notice


def queue(notices: Sequence[Notice], *, now: datetime) -> int:
    """Queue one mail about *notices*, at least one, to each recipient; return how many. The caller commits.

    Who was sent the same before isn't sent it again.
    """
    settings: Settings = current_app.extensions["settings"]
    letters = letters_to(recipients.current(settings, now=now), notices, now=now)
    return sum(keep(letter, Progress(due_at=now), queued_at=now) for letter in letters)


def letters_to(addresses: Sequence[str], notices: Sequence[Notice], *, now: datetime) -> list[Letter]:
    """Return a mail about *notices* to each of *addresses*."""
    settings: Settings = current_app.extensions["settings"]
    letterhead = Letterhead(settings.mail_from, settings.site_url)
    return [compose(notices, address, letterhead=letterhead, now=now) for address in addresses]


def keep(letter: Letter, progress: Progress, *, queued_at: datetime) -> bool:
    """Put *letter* into the table, as far as it has come; return whether it wasn't there. The caller commits."""
    mail = insert(MailRow).values(**asdict(letter), **asdict(progress), queued_at=queued_at)
    return bool(
        db.session.scalar(mail.on_conflict_do_nothing(index_elements=[MailRow.message_id]).returning(MailRow.id))
    )
