"""The running site tells by mail what breaks, also when that is Redis and the broker, and that it is well again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from dealradar.config import Settings
from tests.journeys.waiting import eventually
from tests.servers.mail import MailServer
from tests.servers.site import Site
from tests.servers.valkey import Valkey

OPS: Final = "ops@example.org"
REDIS: Final = "Connection to the cache's Redis"
BROKER: Final = "Connection to the broker"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Return the server that the site gives its mails to."""
    with MailServer("none").running() as mail_server:
        yield mail_server


@pytest.fixture
def environment(
    settings: Settings, valkey: Valkey, broker: Valkey, mail_server: MailServer, tmp_path: Path
) -> dict[str, str]:
    """Return what the site is told: it looks often, and everything else is a matter of seconds."""
    mailing = {name.upper(): str(value) for name, value in mail_server.settings(alert_emails=OPS).items()}
    return {
        **mailing,
        "DEALRADAR_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": valkey.url,
        "CELERY_BROKER_URL": broker.url,
        "WEB_CONCURRENCY": "2",
        "MAIL_DIR": str(tmp_path / "mail"),
        "ALERT_EVERY_S": "0.5",
        "ALERT_HOLD_PERCENT": "10",
        "ALERT_GROUP_S": "5",
        "ALERT_REDIS_CONNECTION_WARNING": "1",  # a busy machine is slow at times
        "ALERT_BROKER_CONNECTION_WARNING": "1",
    }


def told(mail_server: MailServer) -> list[tuple[str, str]]:
    """Return of each mail its subject and its text."""
    return [(mail["Subject"], mail.get_body(("plain",)).get_content()) for _, mail in mail_server.taken]  # type: ignore[union-attr]  # each has a text


def test_what_breaks_at_once_is_one_mail_and_its_end_another_while_the_site_answers(
    site: Site, valkey: Valkey, broker: Valkey, mail_server: MailServer
) -> None:
    valkey.kill()
    broker.kill()
    assert eventually(lambda: len(mail_server.taken) == 1)
    answered = site.ask("/api/deals").status
    valkey.start()
    broker.start()
    assert eventually(lambda: len(mail_server.taken) == 2)

    (broken, broken_text), (mended, mended_text) = told(mail_server)
    assert answered == 200
    assert "critical" in broken.lower()
    assert "resolved" in mended.lower()
    assert all(name in text for name in (REDIS, BROKER) for text in (broken_text, mended_text))
    assert "failed" in broken_text
    assert mail_server.recipients == [OPS, OPS]
