"""While the database is away: who is told, once, and what is made of it when it is back."""

import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from dealradar.extensions import db
from dealradar.monitoring.alerts import outage, watching
from dealradar.monitoring.alerts.models import AlertRow
from dealradar.monitoring.alerts.watcher import Watcher
from dealradar.monitoring.mail import spooling
from tests.applications import Make
from tests.integration.monitoring.watched import NOON, WELL, Mailbox, turns

GONE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


@pytest.fixture
def spool(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    spool = Mailbox()
    monkeypatch.setattr(spooling, "spool", spool.queue)
    return spool


def site(make: Make, folder: Path, **changes: str) -> Flask:
    return make(mail_dir=folder, **changes)


def look(at: Flask, begin_s: int, end_s: int) -> None:
    with at.app_context():
        for at_s in range(begin_s, end_s + 1, 5):
            outage.look(now=NOON + timedelta(seconds=at_s))


def test_an_absence_is_told_once_with_its_reason_and_again_after_hours(
    make: Make, tmp_path: Path, spool: Mailbox
) -> None:
    gone = site(make, tmp_path, database_url=GONE)

    look(gone, 0, 5)
    too_soon = spool.said.copy()
    look(gone, 10, 60)
    look(gone, 4 * 3600 + 10, 4 * 3600 + 15)

    assert too_soon == []
    assert spool.said == [[("database_down", "fired", "critical")], [("database_down", "reminder", "critical")]]
    assert (spool.mails[0][0].since, spool.mails[0][0].value_text) == (NOON, "failed")


def test_of_all_processes_of_a_machine_one_tells(make: Make, tmp_path: Path, spool: Mailbox) -> None:
    one, other = (site(make, tmp_path, database_url=GONE) for _ in range(2))

    for at_s in range(0, 100, 5):
        look(one, at_s, at_s)
        look(other, at_s + 1, at_s + 1)

    assert len(spool.mails) == 1


def test_of_several_machines_that_share_a_redis_one_tells_and_all_do_that_have_none(
    make: Make, tmp_path: Path, spool: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on(host: str, **changes: str) -> None:
        monkeypatch.setattr(outage, "socket", SimpleNamespace(gethostname=lambda: host))
        look(site(make, tmp_path / host, database_url=GONE, **changes), 0, 60)

    for host in ("ash", "oak"):
        on(host)
    told_with_redis = len(spool.mails)
    for host in ("elm", "fir"):
        on(host, redis_url="redis://127.0.0.1:1/0")

    assert (told_with_redis, len(spool.mails)) == (1, 3)


def test_what_was_away_for_a_moment_leaves_nothing(make: Make, tmp_path: Path, spool: Mailbox) -> None:
    look(site(make, tmp_path, database_url=GONE), 0, 5)

    look(site(make, tmp_path), 10, 10)

    assert spool.mails == []
    assert not (tmp_path / "outage.json").exists()


def test_when_it_is_back_the_end_is_told_with_how_long_it_was(
    make: Make, tmp_path: Path, spool: Mailbox, mailbox: Mailbox
) -> None:
    look(site(make, tmp_path, database_url=GONE), 0, 60)
    back = site(make, tmp_path)

    with back.app_context():
        for _ in range(2):
            outage.adopt(now=NOON + timedelta(seconds=65))
        turns(65, 200, database_down=WELL)
        alerts = db.session.scalars(select(AlertRow)).all()

    assert len(spool.mails) == 1
    assert mailbox.said == [[("database_down", "resolved", "ok")]]
    assert (mailbox.mails[0][0].number, mailbox.mails[0][0].lasted_s) == (2, 65)
    assert [(alert.began_at, alert.peak) for alert in alerts] == [(NOON, "critical")]


def test_an_outage_that_another_machine_has_entered_is_not_entered_again(
    make: Make, tmp_path: Path, spool: Mailbox
) -> None:
    hosts = [tmp_path / "ash", tmp_path / "oak"]
    for folder in hosts:
        look(site(make, folder, database_url=GONE, redis_url="redis://127.0.0.1:1/0"), 0, 60)

    for folder in hosts:
        with site(make, folder).app_context():
            outage.adopt(now=NOON + timedelta(seconds=65))

    assert len(spool.mails) == 2
    assert len(db.session.scalars(select(AlertRow)).all()) == 1


def test_who_can_not_ask_the_database_looks_whether_it_is_away(make: Make, tmp_path: Path) -> None:
    gone = site(make, tmp_path, database_url=GONE)

    with gone.app_context(), pytest.raises(SQLAlchemyError):
        Watcher(gone).try_turn()

    assert (tmp_path / "outage.json").exists()


def test_a_turn_that_hangs_holds_up_no_look(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered, looks = threading.Event(), []
    monkeypatch.setattr(watching, "watch", lambda **_: answered.wait(30))
    monkeypatch.setattr(outage, "look", lambda **_: looks.append(1))
    hung = site(make, tmp_path)
    watcher = Watcher(hung, patience_s=0.05)
    threads = threading.active_count()

    for _ in range(3):
        with hung.app_context(), pytest.raises(TimeoutError):
            watcher.try_turn()

    assert (len(looks), threading.active_count()) == (3, threads + 1)
    answered.set()
