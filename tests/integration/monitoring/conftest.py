from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dealradar.monitoring.mail import queueing
from tests.applications import Make
from tests.integration.monitoring.mailing import OPS, entered
from tests.integration.monitoring.watched import Mailbox
from tests.servers.mail import AUTHORITY, MailServer


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Return what is queued instead of in the table of mails."""
    mailbox = Mailbox()
    monkeypatch.setattr(queueing, "queue", mailbox.queue)
    return mailbox


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have clients believe the authority that certified the server."""
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Return a mail server that takes everything, over connections that are secured."""
    with MailServer().running() as mail_server:
        yield mail_server


@pytest.fixture
def mailing_site(make: Make, mail_server: MailServer, tmp_path: Path, authority: Path) -> Iterator[Flask]:
    """Return an application that gives its mails to the server, in whose context the test is."""
    assert authority.exists()
    with entered(make(**mail_server.settings(alert_emails=OPS, mail_dir=tmp_path))) as mailing_site:
        yield mailing_site
