from datetime import timedelta
from pathlib import Path

import pytest

from dealradar.domain.users import Role, Standing
from dealradar.invalidation import transaction
from dealradar.monitoring.mail import reading
from dealradar.monitoring.mail.mails import State
from tests.applications import Make
from tests.factories.people import make_user
from tests.integration.monitoring.mailing import OPS, deliver, entered, mails, queue, states
from tests.notices import NOON
from tests.servers.mail import MailServer


def test_without_a_server_mails_become_files_for_their_owner_alone(make: Make, tmp_path: Path) -> None:
    with entered(make(alert_emails=OPS, mail_dir=tmp_path / "mail")):
        queue()

        assert deliver() == 2

        files = sorted((tmp_path / "mail").glob("*.eml"))
        assert sorted(file.read_bytes() for file in files) == sorted(mail.content for mail in mails())
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
        assert set(states().values()) == {State.WRITTEN}


def test_a_folder_that_cant_be_written_to_is_an_outage_like_any_other(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.write_text("not a folder")
    with entered(make(alert_emails=OPS, mail_dir=folder)):
        queue()

        assert deliver() == 0

        assert set(states().values()) == {State.QUEUED}


@pytest.mark.usefixtures("mailing_site")
def test_the_same_telling_is_queued_once() -> None:
    assert (queue(), queue(), queue(number=2)) == (2, 0, 2)


def test_admins_who_want_alerts_and_alert_emails_are_told_each_once(make: Make, tmp_path: Path) -> None:
    make_user("mona", Role.MODERATOR)
    make_user("eve", Role.ADMIN, standing=Standing.BANNED)
    make_user("zoe", Role.ADMIN, email_alerts=False)
    make_user("umit", Role.ADMIN, email="ümit@example.org")
    make_user("ada", Role.ADMIN)
    with entered(make(alert_emails=("ops@example.org", "Ada@Example.org"), mail_dir=tmp_path)):
        queue()

        assert [mail.recipient for mail in mails()] == ["ops@example.org", "Ada@Example.org"]


@pytest.mark.usefixtures("mailing_site")
def test_what_is_old_is_forgotten_but_never_what_waits(mail_server: MailServer) -> None:
    mail_server.refusals[OPS[0]] = "450 Busy"
    queue()
    deliver()

    with transaction():
        gone = reading.forget(now=NOON + reading.KEPT + timedelta(seconds=1))

    assert (gone, states()) == (1, {OPS[0]: State.QUEUED})
