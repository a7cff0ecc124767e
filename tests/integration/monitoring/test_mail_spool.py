from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from dealradar.domain.users import Role
from dealradar.monitoring.mail import delivering, spooling
from dealradar.monitoring.mail.mails import State
from tests.applications import Make
from tests.factories.people import make_user
from tests.integration.monitoring.mailing import OPS, deliver, entered, states
from tests.interleaving import PATIENCE_S, others
from tests.notices import NOON, notice
from tests.servers.mail import MailServer

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nowhere"


@pytest.fixture
def cut_off(make: Make, mail_server: MailServer, tmp_path: Path, mailing_site: Flask) -> Flask:
    """Return an application of the same machine for which the database is away, as it knows it from before."""
    ada = make_user("ada", Role.ADMIN)
    delivering.deliver(now=NOON - timedelta(minutes=11))
    assert ada.email_alerts
    assert mailing_site.extensions["settings"].mail_dir == tmp_path
    return make(**mail_server.settings(alert_emails=OPS[:1], mail_dir=tmp_path), database_url=NOWHERE)


def deliver_cut_off(site: Flask, *, after_s: float = 0.0) -> None:
    with entered(site):
        spooling.deliver(now=NOON + timedelta(seconds=after_s))


def test_while_the_database_is_away_mails_go_out_and_are_in_its_table_afterwards(
    cut_off: Flask, mail_server: MailServer
) -> None:
    with entered(cut_off):
        assert spooling.spool([notice(alert_id=0)], now=NOON) == 2
        assert spooling.spool([notice(alert_id=0)], now=NOON) == 0
    deliver_cut_off(cut_off)
    deliver_cut_off(cut_off, after_s=60)
    assert mail_server.recipients == [OPS[0], "ada@example.org"] or mail_server.recipients == [
        "ada@example.org",
        OPS[0],
    ]

    deliver(after_s=90)

    assert states() == {OPS[0]: State.SENT, "ada@example.org": State.SENT}
    assert len(mail_server.taken) == 2


def test_what_could_not_be_sent_meanwhile_goes_on_from_there(cut_off: Flask, mail_server: MailServer) -> None:
    mail_server.refusals = {OPS[0]: "450 Busy", "ada@example.org": "550 No such user here"}
    with entered(cut_off):
        spooling.spool([notice(alert_id=0)], now=NOON)
    deliver_cut_off(cut_off)
    mail_server.refusals.clear()
    deliver_cut_off(cut_off, after_s=5)
    assert mail_server.recipients == []

    deliver(after_s=10)

    assert states() == {OPS[0]: State.SENT, "ada@example.org": State.FAILED}
    assert mail_server.recipients == [OPS[0]]


def test_one_process_of_a_machine_passes_on_what_is_spooled(cut_off: Flask, mail_server: MailServer) -> None:
    mail_server.refusals["ada@example.org"] = "550 No such user here"
    mail_server.may_go_on.clear()
    with entered(cut_off):
        spooling.spool([notice(alert_id=0)], now=NOON)

    with others(cut_off) as start:
        first = start(lambda: spooling.deliver(now=NOON))
        assert mail_server.is_reached.wait(PATIENCE_S)
        deliver_cut_off(cut_off)
        deliver()
        mail_server.may_go_on.set()
        first.result(PATIENCE_S)
    deliver()

    assert mail_server.recipients == [OPS[0]]


def test_a_spooled_file_that_nobody_can_read_is_put_aside(mailing_site: Flask) -> None:
    folder = mailing_site.extensions["settings"].mail_dir / spooling.FOLDER
    folder.mkdir()
    (folder / "half.json").write_text('{"letter": {}}')

    assert deliver() == 0

    assert [path.name for path in folder.iterdir() if path.suffix == ".unreadable"] == ["half.unreadable"]
