"""What is told when, with the states where they belong: in the database."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.monitoring.alerts import ledger, silences, states, watching
from dealradar.monitoring.alerts import turns as taking
from dealradar.monitoring.alerts.deciding import Measurement
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.models import AlertRow
from dealradar.monitoring.alerts.signals import Signal
from tests.integration.monitoring.watched import BAD, NOON, WELL, Mailbox, turn, turns
from tests.interleaving import others, until_one_waits


class Killed(BaseException):
    """What ends a process anywhere."""


def count_of_alerts() -> int:
    return db.session.execute(select(func.count()).select_from(AlertRow)).scalar_one()


@pytest.mark.usefixtures("app")
def test_what_is_bad_is_one_mail_and_what_is_over_another_with_how_long_it_was(mailbox: Mailbox) -> None:
    turns(0, 120, redis_connection=BAD)
    turns(125, 300, redis_connection=WELL)

    assert mailbox.said == [[("redis_connection", "fired", "critical")], [("redis_connection", "resolved", "ok")]]
    fired, resolved = (mail[0] for mail in mailbox.mails)
    assert (fired.since, fired.lasted_s, fired.value_text) == (NOON, None, "failed")
    assert (resolved.since, resolved.lasted_s) == (NOON, 125)
    assert (fired.number, resolved.number, resolved.alert_id) == (1, 2, fired.alert_id)


@pytest.mark.usefixtures("app")
def test_what_fires_within_a_minute_is_one_mail(mailbox: Mailbox) -> None:
    turns(0, 30, redis_connection=BAD)
    turns(35, 69, redis_connection=BAD, outbox_oldest=45.0)

    assert mailbox.said == []

    turn(70, redis_connection=BAD, outbox_oldest=50.0)

    assert mailbox.said == [[("redis_connection", "fired", "critical"), ("outbox_oldest", "fired", "warning")]]
    assert [one.value for one in mailbox.mails[0]] == [BAD, 50.0]


@pytest.mark.usefixtures("app")
def test_what_gets_worse_while_mail_is_gathered_is_told_as_it_is_then(mailbox: Mailbox) -> None:
    turns(0, 30, outbox_oldest=45.0)
    turns(35, 70, outbox_oldest=200.0)

    assert mailbox.said == [[("outbox_oldest", "fired", "critical")]]


@pytest.mark.usefixtures("app")
def test_escalating_and_easing_are_told(mailbox: Mailbox) -> None:
    turns(0, 80, outbox_oldest=45.0)
    turns(85, 200, outbox_oldest=200.0)
    turns(205, 330, outbox_oldest=45.0)

    assert [(kind, level) for mail in mailbox.said for _, kind, level in mail] == [
        ("fired", "warning"),
        ("escalated", "critical"),
        ("eased", "warning"),
    ]
    assert count_of_alerts() == 1


@pytest.mark.usefixtures("app")
def test_what_was_well_again_before_anybody_was_told_is_told_to_nobody(mailbox: Mailbox) -> None:
    turns(0, 10, redis_connection=BAD)
    turns(15, 200, redis_connection=WELL)

    assert (mailbox.said, count_of_alerts()) == ([], 1)


@pytest.mark.usefixtures("app")
def test_what_comes_back_before_its_end_was_told_is_the_same_alert(mailbox: Mailbox) -> None:
    turns(0, 80, redis_connection=BAD)
    turns(85, 120, redis_connection=WELL)
    turns(125, 300, redis_connection=BAD)

    assert (mailbox.said, count_of_alerts()) == ([[("redis_connection", "fired", "critical")]], 1)


@pytest.mark.usefixtures("app")
def test_what_goes_on_is_recalled_every_few_hours_unless_somebody_looks_after_it(mailbox: Mailbox) -> None:
    turns(0, 80, redis_connection=BAD)
    first = mailbox.mails[0][0].alert_id
    for minute in range(30, 500, 10):
        turn(minute * 60, redis_connection=BAD)
    with transaction():
        ledger.acknowledge(first, by="user:1", now=NOON + timedelta(minutes=500))
    for minute in range(500, 1_000, 10):
        turn(minute * 60, redis_connection=BAD)

    assert [kind for mail in mailbox.said for _, kind, _ in mail] == ["fired", "reminder", "reminder"]


@pytest.mark.usefixtures("app")
def test_an_acknowledgement_is_void_when_it_gets_worse(mailbox: Mailbox) -> None:
    turns(0, 80, outbox_oldest=45.0)
    with transaction():
        ledger.acknowledge(mailbox.mails[0][0].alert_id, by="user:1", now=NOON)

    turns(85, 200, outbox_oldest=200.0)

    assert [kind for mail in mailbox.said for _, kind, _ in mail] == ["fired", "escalated"]
    assert db.session.execute(select(AlertRow.acknowledged_by)).scalar_one() is None


@pytest.mark.usefixtures("app")
def test_nobody_is_told_of_what_is_silenced_until_that_is_over(mailbox: Mailbox) -> None:
    with transaction():
        silences.add(Signal.REDIS_CONNECTION, until=NOON + timedelta(seconds=200), reason="we move it", by="user:1")
    turns(0, 195, redis_connection=BAD, outbox_oldest=45.0)
    while_silenced = mailbox.said.copy()

    turn(200, redis_connection=BAD, outbox_oldest=45.0)

    assert while_silenced == [[("outbox_oldest", "fired", "warning")]]
    assert mailbox.said[1:] == [[("redis_connection", "fired", "critical")]]


@pytest.mark.usefixtures("app")
def test_a_silence_that_is_lifted_lets_what_is_still_bad_be_told(mailbox: Mailbox) -> None:
    with transaction():
        silence = silences.add(Signal.REDIS_CONNECTION, until=NOON + timedelta(hours=1), reason="we move it", by="a")
    turns(0, 100, redis_connection=BAD)
    with transaction():
        silences.lift(silence.id, by="b", now=NOON + timedelta(seconds=101))

    turn(105, redis_connection=BAD)

    assert mailbox.said == [[("redis_connection", "fired", "critical")]]


@pytest.mark.usefixtures("app")
def test_the_last_hour_is_told_a_value_for_each_half_minute(mailbox: Mailbox) -> None:
    turns(0, 120, outbox_oldest=45.0)

    history = mailbox.mails[0][0].history

    assert len(history) == 120
    assert history[-3:] == (
        (NOON, 45.0),
        (NOON + timedelta(seconds=30), 45.0),
        (NOON + timedelta(seconds=60), 45.0),
    )
    assert history[0][1] is None


def test_two_who_decide_at_once_tell_once(app: Flask, mailbox: Mailbox) -> None:
    turns(0, 65, redis_connection=BAD)
    with others(app) as elsewhere:
        with transaction():
            found = [Measurement(Signal.REDIS_CONNECTION, BAD, "as found")]
            watching.conclude(found, now=NOON + timedelta(seconds=70))
            second = elsewhere(lambda: turn(71, redis_connection=BAD))
            until_one_waits()
        second.result()

    assert mailbox.said == [[("redis_connection", "fired", "critical")]]


@pytest.mark.usefixtures("app")
def test_who_is_killed_before_the_commit_leaves_it_all_to_the_next(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns(0, 65, redis_connection=BAD)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(ledger, "note_told", die)
        with pytest.raises(Killed):
            turn(70, redis_connection=BAD)
    mailbox.mails.clear()  # they were in the transaction
    turn(75, redis_connection=BAD)

    assert mailbox.said == [[("redis_connection", "fired", "critical")]]


def test_one_of_all_who_ask_gets_the_turn(app: Flask) -> None:
    def ask() -> bool:
        with transaction():
            return taking.take("watch", every_s=5, now=NOON)

    with others(app) as elsewhere:
        with transaction():
            first = taking.take("watch", every_s=5, now=NOON)
            second = elsewhere(ask)
            until_one_waits()
        assert (first, second.result()) == (True, False)


@pytest.mark.usefixtures("app")
def test_a_turn_comes_when_the_last_one_is_long_enough_ago() -> None:
    taken = []
    for at_s in (0, 4, 5, 6, 10):
        with transaction():
            taken.append(taking.take("watch", every_s=5, now=NOON + timedelta(seconds=at_s)))

    assert taken == [True, False, True, False, True]


@pytest.mark.usefixtures("app", "mailbox")
def test_a_well_site_is_measured_and_found_well() -> None:
    assert watching.watch(now=NOON)

    known = states.read()
    assert {signal for signal, state in known.items() if state.value is not None} >= {
        Signal.DATABASE_DOWN,
        Signal.REDIS_CONNECTION,
        Signal.REDIS_MEMORY,
        Signal.OUTBOX_OLDEST,
        Signal.DISK_FREE,
    }
    assert {state.level for state in known.values()} == {Level.OK}
