"""What became of mails about alerts, over HTTP and on the command line."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.monitoring.mail import delivering, queueing
from tests.applications import Make
from tests.notices import notice
from tests.servers.mail import MailServer

As = Callable[[User], FlaskClient]


def _queue(*, number: int) -> None:
    with transaction():
        queueing.queue([notice(number=number)], now=datetime.now(UTC))


@pytest.mark.usefixtures("app")
def test_mails_are_listed_the_latest_first_with_what_became_of_them(as_: As, ada: User) -> None:
    admin = as_(ada)
    _queue(number=1)
    delivering.deliver_mails()
    _queue(number=2)

    first = admin.get("/api/monitoring/mails?limit=1").get_json()
    second = admin.get(f"/api/monitoring/mails?limit=1&cursor={first['next_cursor']}").get_json()

    (waiting,), (written,) = first["items"], second["items"]
    assert (waiting["state"], waiting["ended_at"], waiting["attempts"]) == ("queued", None, 0)
    assert (written["state"], written["attempts"], written["last_error"]) == ("written", 1, "")
    assert (written["recipient"], written["subject"].split(":")[0]) == (ada.email, "[DealRadar] critical")
    assert second["next_cursor"] is None


def test_a_mail_to_try_tells_what_became_of_it_to_whom_and_is_not_tried_again(make: Make, ada: User) -> None:
    with MailServer("none").running() as server:
        server.refusals["oncall@example.org"] = "451 Come again"
        site = make(**server.settings(alert_emails=("oncall@example.org",)))

        with site.app_context():
            tried = site.test_cli_runner().invoke(args=["alerts", "test-mail"])
            again = delivering.deliver_mails()
            listed = site.test_cli_runner().invoke(args=["alerts", "mails"]).output
            db.session.remove()

    assert (tried.exit_code, again) == (1, 0)
    assert f"sent       {ada.email}\n" in tried.output
    assert "postponed  oncall@example.org  451 Come again\n" in tried.output
    assert [message["Subject"] for _, message in server.taken] == ["[DealRadar] test: mails about alerts arrive"]
    assert "failed   oncall@example.org  [DealRadar] test: mails about alerts arrive  451 Come again" in listed


def test_a_mail_to_try_says_that_there_is_nobody_to_tell(app: Flask) -> None:
    tried = app.test_cli_runner().invoke(args=["alerts", "test-mail"])

    assert tried.exit_code == 1
    assert "ALERT_EMAILS is empty" in tried.output
