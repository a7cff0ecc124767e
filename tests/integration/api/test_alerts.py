"""Alerts over HTTP and on the command line."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal
from tests.factories.alerts import make_alert, make_silence

As = Callable[[User], FlaskClient]


@pytest.fixture
def admin(as_: As, ada: User) -> FlaskClient:
    return as_(ada)


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def test_what_fires_is_listed_first_and_then_what_is_over_the_latest_first(admin: FlaskClient) -> None:
    over = [make_alert(level=Level.OK).id, make_alert(Signal.DISK_FREE, Level.OK).id]
    firing = [make_alert(Signal.REDIS_MEMORY).id, make_alert(Signal.ERROR_RATE).id]
    over.append(make_alert(level=Level.OK).id)

    first = admin.get("/api/alerts?limit=3").get_json()
    second = admin.get(f"/api/alerts?limit=3&cursor={first['next_cursor']}").get_json()

    assert [alert["id"] for alert in first["items"] + second["items"]] == [*reversed(firing), *reversed(over)]
    assert second["next_cursor"] is None


def test_an_alert_says_what_is_wrong_since_when_and_what_to_do(admin: FlaskClient) -> None:
    make_alert()

    (alert,) = admin.get("/api/alerts").get_json()["items"]

    assert (alert["signal"], alert["level"], alert["value_text"]) == ("outbox_oldest", "warning", "45 s")
    assert alert["threshold_text"] == "above 30 s, for 10 s"
    assert (alert["lasted_s"], alert["ended_at"], alert["acknowledged_at"]) == (None, None, None)
    assert len(alert["runbook"]) >= 2


def test_what_is_over_says_how_long_it_was(admin: FlaskClient) -> None:
    make_alert(level=Level.OK)

    (alert,) = admin.get("/api/alerts?signal=outbox_oldest").get_json()["items"]

    assert (alert["level"], alert["peak"], round(alert["lasted_s"])) == ("ok", "warning", 60)


def test_who_acknowledges_an_alert_is_named_and_the_first_stays(admin: FlaskClient, ada: User, as_: As) -> None:
    alert_id = make_alert().id

    first = admin.post(f"/api/alerts/{alert_id}/acknowledge").get_json()
    again = as_(ada).post(f"/api/alerts/{alert_id}/acknowledge").get_json()

    assert first["acknowledged_by"] == f"user:{ada.id}"
    assert again["acknowledged_at"] == first["acknowledged_at"]


def test_what_is_over_or_unknown_can_not_be_acknowledged(admin: FlaskClient) -> None:
    over = make_alert(level=Level.OK).id

    assert admin.post(f"/api/alerts/{over}/acknowledge").status_code == 409
    assert admin.post(f"/api/alerts/{over + 1}/acknowledge").status_code == 404


def test_a_silence_is_listed_and_shown_beside_its_signal_until_it_is_lifted(admin: FlaskClient, ada: User) -> None:
    wish = {"signal": "redis_memory", "until": in_an_hour(), "reason": "we move it"}

    made = admin.post("/api/alerts/silences", json=wish)
    listed = admin.get("/api/alerts/silences").get_json()["items"]
    signals = {one["signal"]: one for one in admin.get("/api/alerts/signals").get_json()["items"]}
    lifted = admin.delete(f"/api/alerts/silences/{made.get_json()['id']}")

    assert (made.status_code, listed) == (201, [made.get_json()])
    assert (listed[0]["created_by"], listed[0]["reason"]) == (f"user:{ada.id}", "we move it")
    assert signals["redis_memory"]["silenced_until"] == listed[0]["until"]
    assert (lifted.status_code, admin.get("/api/alerts/silences").get_json()["items"]) == (204, [])
    assert admin.delete(f"/api/alerts/silences/{made.get_json()['id']}").status_code == 404


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_silence_ends_in_the_future_and_not_too_far_off(admin: FlaskClient, until: str) -> None:
    refused = admin.post("/api/alerts/silences", json={"signal": "disk_free", "until": until, "reason": "why not"})

    assert refused.status_code == 422
    assert "30 days" in refused.get_json()["errors"][0]["message"]


def test_each_signal_is_shown_with_its_thresholds_also_before_it_was_measured(admin: FlaskClient) -> None:
    signals = admin.get("/api/alerts/signals").get_json()["items"]

    assert [one["signal"] for one in signals] == list(Signal)
    assert (signals[0]["value"], signals[0]["value_text"]) == (None, "no data")
    assert signals[0]["warning_text"] == "below 80 % over 5 min, for 60 s"


def test_the_command_line_lists_acknowledges_silences_and_ends_that(app: Flask) -> None:
    alert_id, silence_id = make_alert().id, make_silence().id
    run = app.test_cli_runner().invoke

    listed = run(args=["alerts", "list"]).output
    acknowledged = run(args=["alerts", "ack", str(alert_id)]).output
    silenced = run(args=["alerts", "silence", "redis_memory", "--minutes", "5", "--reason", "we move it"]).output
    lifted = run(args=["alerts", "unsilence", str(silence_id)])
    refused = run(args=["alerts", "ack", str(alert_id + 1)])

    assert "45 s (above 30 s, for 10 s)  goes on" in listed
    assert "it is known" in listed
    assert "looks after it" in acknowledged
    assert "Nobody is told of redis_memory until" in silenced
    assert (lifted.exit_code, refused.exit_code) == (0, 1)
    assert "no such alert" in refused.output


def test_the_command_line_takes_a_turn_and_says_what_was_found(app: Flask) -> None:
    run = app.test_cli_runner().invoke

    first, second = (run(args=["alerts", "watch"]).output for _ in range(2))

    assert "database_down        ok               working" in first
    assert "Measured by another process a moment ago." in second
