from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, event, text

from dealradar.domain import counters, tallies
from dealradar.domain.triggers import Event, Installed, Trigger, install, installed
from dealradar.extensions import db
from dealradar.invalidation import triggers as invalidation

TRIGGERS: Final = (*counters.triggers(), *tallies.triggers(), *invalidation.triggers())
NOTHING: Final = "PERFORM 1;"
CAME: Final = text("SELECT current_setting('dealradar.came')")
FILING: Final = """
INSERT INTO users (username, display_name) VALUES ('alice', 'Alice'), ('bob', 'Bob');
INSERT INTO reports (reporter_id, target_type, user_id, reason) VALUES (1, 'user', 2, 'spam')
"""


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:  # noqa: ARG001  its context
    """Return a connection whose work is rolled back in the end."""
    with db.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def statements(connection: Connection) -> Iterator[list[str]]:
    """Return what is sent over the connection from here on."""
    heard: list[str] = []

    def hear(*args: object) -> None:
        heard.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", hear)
    yield heard
    event.remove(connection, "before_cursor_execute", hear)


def _images(triggers: tuple[Trigger, ...]) -> set[Installed]:
    return {Installed.like(trigger) for trigger in triggers}


def test_a_migrated_database_has_exactly_the_triggers_of_the_code(connection: Connection) -> None:
    assert installed(connection) == _images(TRIGGERS)


def test_where_nothing_has_changed_installing_changes_nothing(connection: Connection, statements: list[str]) -> None:
    install(connection, TRIGGERS)

    assert not any("FUNCTION" in statement and "CREATE" in statement for statement in statements)
    assert not any("DROP" in statement for statement in statements)


def test_what_the_code_no_longer_lists_goes_and_what_it_newly_lists_comes(connection: Connection) -> None:
    new = Trigger("dealradar_new", "deals", Event.INSERT, NOTHING)

    install(connection, (*TRIGGERS[1:], new))

    assert installed(connection) == _images((*TRIGGERS[1:], new))


@pytest.mark.parametrize(
    "change",
    [
        Trigger("dealradar_it", "deals", Event.INSERT, "PERFORM 2;"),
        Trigger("dealradar_it", "deals", Event.UPDATE, NOTHING),
        Trigger("dealradar_it", "reviews", Event.INSERT, NOTHING),
    ],
    ids=["text", "event", "table"],
)
def test_what_has_changed_is_replaced(connection: Connection, change: Trigger) -> None:
    install(connection, (Trigger("dealradar_it", "deals", Event.INSERT, NOTHING),))

    install(connection, (change,))

    assert installed(connection) == _images((change,))


@pytest.mark.parametrize(
    "tampering",
    [
        "ALTER TABLE deals DISABLE TRIGGER dealradar_owe_deals_update",
        "DROP TRIGGER dealradar_owe_deals_update ON deals",
        "DROP FUNCTION dealradar_owe_deals_update() CASCADE",
        "CREATE OR REPLACE FUNCTION dealradar_owe_deals_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE TRIGGER twice AFTER UPDATE ON reviews EXECUTE FUNCTION dealradar_owe_deals_update()",
    ],
)
def test_what_somebody_did_to_a_trigger_by_hand_is_undone(connection: Connection, tampering: str) -> None:
    connection.execute(text(tampering))

    install(connection, TRIGGERS)

    assert installed(connection) == _images(TRIGGERS)


def test_a_trigger_that_comes_makes_up_for_what_was_written_without_it(connection: Connection) -> None:
    new = Trigger("dealradar_new", "deals", Event.INSERT, NOTHING, first="SET LOCAL dealradar.came = 'once'")

    install(connection, (new,))
    at_first = connection.scalar(CAME)
    connection.execute(text("SET LOCAL dealradar.came = 'no'"))
    install(connection, (replace(new, body="PERFORM 2;"),))
    with_another_text = connection.scalar(CAME)
    connection.execute(text("ALTER TABLE deals DISABLE TRIGGER dealradar_new"))
    install(connection, (new,))

    assert (at_first, with_another_text, connection.scalar(CAME)) == ("once", "no", "once")


def test_triggers_that_are_not_ours_are_left_alone(connection: Connection) -> None:
    connection.execute(text("CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"))
    connection.execute(text("CREATE TRIGGER theirs AFTER INSERT ON deals EXECUTE FUNCTION theirs()"))

    install(connection, ())

    assert connection.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).all() == ["theirs"]


def test_migrating_up_down_and_up_again_leaves_what_it_should(bystander: Flask) -> None:
    with bystander.app_context():
        upgrade()
        at_the_top = _installed()
        downgrade(revision="base")
        at_the_bottom = _installed()
        upgrade()
        at_the_top_again = _installed()

    assert at_the_top == at_the_top_again == _images(TRIGGERS)
    assert at_the_bottom == set()


def test_reports_of_the_time_without_triggers_are_tallied_by_the_upgrade(bystander: Flask) -> None:
    with bystander.app_context():
        upgrade(revision="0012")
        for statement in FILING.split(";"):
            db.session.execute(text(statement))
        db.session.commit()
        upgrade()
        tallied = db.session.execute(text("SELECT status, reason, count FROM report_tallies")).all()

    assert tallied == [("open", "spam", 1)]


def _installed() -> set[Installed]:
    with db.engine.connect() as connection:
        return set(installed(connection))
