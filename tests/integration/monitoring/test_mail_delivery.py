import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr

from dealradar.config import Settings
from dealradar.monitoring.alerts import gauging, measuring
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.mail.mails import GIVEN_UP_AFTER, State
from dealradar.monitoring.mail.notices import Kind
from tests.applications import Make
from tests.integration.monitoring.mailing import OPS, deliver, entered, failing_s, mails, queue, states
from tests.interleaving import PATIENCE_S, others
from tests.notices import NOON
from tests.servers.mail import LOSE_ANSWER, PASSWORD, USER, MailServer

ROOT = Path(__file__).parents[3]
START_S = 60.0


@pytest.mark.usefixtures("mailing_site")
def test_each_recipient_gets_a_mail_of_their_own_as_it_was_queued(mail_server: MailServer) -> None:
    queue()
    kept = {mail.recipient: mail.content for mail in mails()}

    assert deliver() == 2

    assert sorted(mail_server.recipients) == sorted(OPS)
    for recipient, message in mail_server.taken:
        assert message["To"] == recipient
        assert (
            message.as_bytes().split() == kept[recipient].split() or message["Message-ID"].encode() in kept[recipient]
        )
    assert set(states().values()) == {State.SENT}
    assert deliver() == 0


@pytest.mark.usefixtures("authority")
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_the_server_is_reached_as_securely_as_settings_say(make: Make, tmp_path: Path, security: str) -> None:
    with MailServer(security).running() as mail_server:
        shown = {} if security == "none" else {"smtp_username": USER, "smtp_password": SecretStr(PASSWORD)}
        with entered(make(**mail_server.settings(alert_emails=OPS, mail_dir=tmp_path, **shown))):
            queue()

            assert deliver() == 2

        assert mail_server.log_ins == ([] if security == "none" else [True])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(
    make: Make, tmp_path: Path, security: str
) -> None:
    with MailServer(security).running() as mail_server:
        shown = mail_server.settings(smtp_username=USER, smtp_password=SecretStr(PASSWORD))
        with entered(make(**shown, alert_emails=OPS, mail_dir=tmp_path)):
            queue()

            assert deliver() == 0

            assert all("certificate verify failed" in mail.last_error for mail in mails())
    assert not mail_server.log_ins
    assert not mail_server.taken


@pytest.mark.usefixtures("authority")
def test_a_wrong_password_is_said_and_never_repeated(
    make: Make, mail_server: MailServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = mail_server.settings(smtp_username=USER, smtp_password=SecretStr("not-the-password"))
    with entered(make(**shown, alert_emails=OPS, mail_dir=tmp_path)):
        queue()

        assert deliver() == 0

        assert all("535" in mail.last_error for mail in mails())
        assert "not-the-password" not in capfd.readouterr().err + "".join(mail.last_error for mail in mails())
        assert mail_server.log_ins
        assert not any(mail_server.log_ins)


@pytest.mark.usefixtures("mailing_site")
def test_a_recipient_who_is_refused_keeps_nobody_else_from_being_told(mail_server: MailServer) -> None:
    mail_server.refusals[OPS[0]] = "550 5.1.1 No such user here"
    queue()

    assert deliver() == 1

    assert states() == {OPS[0]: State.FAILED, OPS[1]: State.SENT}
    assert mails()[0].last_error == "550 5.1.1 No such user here"
    assert failing_s(after_s=60) == 0
    assert deliver(after_s=3_600) == 0


@pytest.mark.usefixtures("mailing_site")
def test_a_mail_that_reached_nobody_counts_as_failing_until_another_arrives(mail_server: MailServer) -> None:
    mail_server.refusals = dict.fromkeys(OPS, "550 No such user here")
    queue()
    deliver()
    assert failing_s(after_s=60) == 60
    mail_server.refusals.clear()

    queue(number=2, kind=Kind.RESOLVED, level="ok")
    deliver(after_s=90)

    assert failing_s(after_s=120) == 0
    assert mail_server.recipients == list(OPS)


@pytest.mark.usefixtures("mailing_site")
def test_what_is_put_off_is_tried_again_after_longer_and_longer(mail_server: MailServer) -> None:
    mail_server.refusals[OPS[0]] = "451 4.7.1 Greylisted, come again"
    queue()

    tries = []
    for after_s in range(0, 80, 5):
        attempts = mails()[0].attempts
        deliver(after_s=after_s)
        if mails()[0].attempts > attempts:
            tries.append(after_s)
    assert failing_s(after_s=80) == 80
    mail_server.refusals.clear()
    deliver(after_s=150)

    assert tries == [0, 10, 30, 70]
    assert mail_server.recipients == [OPS[1], OPS[0]]
    assert failing_s(after_s=160) == 0


@pytest.mark.usefixtures("authority")
def test_what_waited_for_a_server_that_was_down_is_sent_once_it_is_back(make: Make, tmp_path: Path) -> None:
    mail_server = MailServer()
    with mail_server.running():
        pass  # its port is nobody's now
    with entered(make(**mail_server.settings(alert_emails=OPS, mail_dir=tmp_path))):
        queue()
        assert deliver() == 0
        assert [(mail.state, mail.attempts) for mail in mails()] == [(State.QUEUED, 1)] * 2

        with mail_server.running():
            assert deliver(after_s=5) == 0  # not due yet
            assert deliver(after_s=10) == 2

    assert mail_server.recipients == list(OPS)


@pytest.mark.usefixtures("mailing_site")
def test_where_the_answer_was_lost_the_mail_comes_again_under_the_same_name(mail_server: MailServer) -> None:
    mail_server.replies.append(LOSE_ANSWER)
    queue()

    deliver()
    deliver(after_s=10)

    names = [(recipient, message["Message-ID"]) for recipient, message in mail_server.taken]
    assert sorted(set(names)) == sorted((mail.recipient, mail.message_id) for mail in mails())
    assert len(names) == 3
    assert set(states().values()) == {State.SENT}


def test_a_mail_is_with_one_deliverer_at_a_time(mailing_site: Flask, mail_server: MailServer) -> None:
    mail_server.refusals[OPS[1]] = "550 No such user here"
    mail_server.may_go_on.clear()
    queue()

    with others(mailing_site) as start:
        first = start(deliver)
        assert mail_server.is_reached.wait(PATIENCE_S)
        assert deliver() == 0
        mail_server.may_go_on.set()

        assert first.result(PATIENCE_S) == 1
    assert mail_server.recipients == [OPS[0]]


def test_whoever_is_killed_while_sending_leaves_the_mail_to_the_others(
    mailing_site: Flask, mail_server: MailServer, authority: Path
) -> None:
    mail_server.may_go_on.clear()
    queue()
    settings: Settings = mailing_site.extensions["settings"]
    environment = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SSL_CERT_FILE": str(authority),
        "PYTHONPATH": str(ROOT),
        **{name.upper(): str(value) for name, value in mail_server.settings().items()},
        "MAIL_DIR": str(settings.mail_dir),
    }
    doomed = subprocess.Popen([sys.executable, "-c", DELIVER], env=environment)  # noqa: S603  a program of ours
    assert mail_server.is_reached.wait(START_S)

    doomed.kill()
    doomed.wait(PATIENCE_S)
    mail_server.may_go_on.set()
    deliver()

    assert sorted(mail_server.recipients) == sorted(OPS)


DELIVER = """
from datetime import UTC, datetime
from dealradar.app import create_app
from dealradar.monitoring.mail import delivering
with create_app().app_context():
    delivering.deliver(now=datetime(2026, 11, 23, 12, 17, tzinfo=UTC))
"""


@pytest.mark.usefixtures("mailing_site")
def test_what_is_a_day_old_is_given_up(mail_server: MailServer) -> None:
    mail_server.refusals = dict.fromkeys(OPS, "450 Busy")
    queue()
    deliver()

    deliver(after_s=GIVEN_UP_AFTER.total_seconds())

    assert {(mail.state, mail.attempts) for mail in mails()} == {(State.FAILED, 2)}


@pytest.mark.usefixtures("mailing_site")
def test_that_mails_fail_is_measured_with_what_they_fail_of(mail_server: MailServer) -> None:
    gauges = [gauge for gauge in measuring.GAUGES if gauge.signal is Signal.MAIL_FAILING]
    before = gauging.measure(gauges, now=NOON)
    mail_server.refusals = dict.fromkeys(OPS, "450 Busy")

    queue()
    deliver()
    (found,) = gauging.measure(gauges, now=NOON + timedelta(seconds=400))

    assert [one.value for one in before] == [0]
    assert (found.value, found.detail) == (400, "2 did not arrive: 450 Busy")
