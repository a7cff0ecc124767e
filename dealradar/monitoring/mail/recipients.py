"""Who gets mails about alerts; remembered in a file, for when the database can't be asked."""

import json
from datetime import datetime, timedelta
from typing import Final

import structlog

from dealradar.domain import users
from dealradar.mail_settings import MailSettings
from dealradar.monitoring.mail import private_files

FILE: Final = "recipients.json"
REMEMBERED_FOR: Final = timedelta(minutes=10)
"""After so long the database is asked once more, so that the file isn't far behind when that goes away."""

log = structlog.get_logger(__name__)


def current(settings: MailSettings, *, now: datetime) -> tuple[str, ...]:
    """Return everybody's address, those of ``ALERT_EMAILS`` first, and remember those of the admins.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    admins = users.addresses_for_alerts()
    told = json.dumps({"at": now.isoformat(), "admins": admins})
    try:
        private_files.write(settings.mail_dir / FILE, told.encode())
    except OSError as error:
        log.warning("recipients_not_remembered", error=str(error))
    return _all(settings, admins)


def refresh(settings: MailSettings, *, now: datetime) -> None:
    """Remember the admins' addresses if that was long ago.

    Raises:
        SQLAlchemyError: The database can't be asked.
    """
    at, _ = _remembered(settings)
    if at is None or now - at >= REMEMBERED_FOR:
        current(settings, now=now)


def remembered(settings: MailSettings) -> tuple[str, ...]:
    """Return everybody's address as it was when the database was last asked."""
    return _all(settings, _remembered(settings)[1])


def _remembered(settings: MailSettings) -> tuple[datetime | None, tuple[str, ...]]:
    try:
        told = json.loads((settings.mail_dir / FILE).read_bytes())
        return datetime.fromisoformat(told["at"]), tuple(told["admins"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, ()


def _all(settings: MailSettings, admins: tuple[str, ...]) -> tuple[str, ...]:
    # A server may know ASCII only, and one address that can't be written must not keep the others from being told.
    reachable = [address for address in (*settings.alert_emails, *admins) if address.isascii()]
    if not reachable:
        log.warning("nobody_to_tell", hint="no admin wants alerts by mail, and ALERT_EMAILS is empty")
    return tuple({address.casefold(): address for address in reversed(reachable)}.values())[::-1]
