"""Building under a busy site's conditions: interrupted, made to wait, tried by two at once."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest
from flask import Flask
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.indexes import CATALOGUE, Index, building, presence
from dealradar.indexes.building import BuildingElsewhereError, Patience
from dealradar.indexes.presence import State
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review

INDEX: Final = next(index for index in CATALOGUE if index.name == "idx_reviews_deal_sort")
OTHERWISE: Final = replace(INDEX, keys=("deal_id",))
HASTY: Final = Patience(lock_timeout_s=0.05, tries=2, pause_s=0)
PATIENCE_S: Final = 10.0
TERMINATE: Final = text("SELECT pg_terminate_backend(:pid)")


@contextmanager
def _autocommit() -> Iterator[Connection]:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@pytest.fixture(autouse=True)
def _mended(app: Flask) -> Iterator[None]:
    """Leave the database to other tests as it was."""
    yield
    with app.app_context():
        db.session.remove()
        _ensure(INDEX)


@pytest.fixture
def writer(app: Flask) -> Iterator[Connection]:
    """Return a connection with an open transaction that has written reviews: what is built waits for its end."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("UPDATE reviews SET title = title"))
        yield connection


def _ensure(index: Index, patience: Patience = building.PATIENT) -> bool:
    with _autocommit() as connection, building.at_work(connection, patience):
        return building.ensure(connection, index, patience)


def _drop(name: str) -> None:
    with _autocommit() as connection, building.at_work(connection):
        building.drop(connection, name)


def _state(index: Index = INDEX) -> State:
    with _autocommit() as connection:
        return presence.states(connection, (index,))[index.name]


def _names() -> set[str]:
    with db.engine.connect() as connection:
        return set(presence.present(connection))


@contextmanager
def _begun(app: Flask, index: Index) -> Iterator[tuple[Future[bool], int]]:
    """Begin to build *index*, and yield when that waits for somebody, with the server's process that does it."""

    def build() -> bool:
        with app.app_context():
            return _ensure(index)

    with ThreadPoolExecutor(1) as thread:
        building_it = thread.submit(build)
        yield building_it, _waiting_builder()


def _waiting_builder() -> int:
    deadline_s = time.monotonic() + PATIENCE_S
    with _autocommit() as connection:
        while time.monotonic() < deadline_s:
            waiting = [one.pid for one in presence.progress(connection) if one.phase.startswith("waiting for writers")]
            if waiting:
                return waiting[0]
            time.sleep(0.01)
    raise AssertionError("nobody builds")


def _interrupt(app: Flask, index: Index) -> None:
    """Begin to build *index* and kill the server's process that does it; needs a *writer* for it to wait for."""
    with _begun(app, index) as (built, pid):
        with _autocommit() as connection:
            connection.execute(TERMINATE, {"pid": pid})
        with pytest.raises(OperationalError, match="terminating connection"):
            built.result(timeout=PATIENCE_S)


def test_what_is_ready_is_left_alone(app: Flask) -> None:  # noqa: ARG001  its context
    assert _ensure(INDEX) is False


def test_what_was_dropped_is_built_again(app: Flask) -> None:  # noqa: ARG001  its context
    _drop(INDEX.name)
    absent = _state()

    assert _ensure(INDEX) is True
    assert (absent, _state()) == (State.ABSENT, State.READY)


def test_what_was_left_half_built_is_found_and_built_again(app: Flask, writer: Connection) -> None:
    _drop_past(writer)
    _interrupt(app, INDEX)
    half_built = _state()
    writer.rollback()

    assert _ensure(INDEX) is True
    assert (half_built, _state()) == (State.INVALID, State.READY)


def test_one_that_is_defined_otherwise_is_replaced(app: Flask) -> None:  # noqa: ARG001  its context
    _drop(INDEX.name)
    _ensure(OTHERWISE)
    before = _state()

    assert _ensure(INDEX) is True
    assert (before, _state()) == (State.DIFFERENT, State.READY)
    assert INDEX.name + building.FORMER not in _names()


def test_the_former_one_serves_until_its_successor_is_ready_also_if_that_was_interrupted(
    app: Flask, writer: Connection
) -> None:
    _drop_past(writer)
    writer.rollback()
    _ensure(OTHERWISE)
    writer.execute(text("UPDATE reviews SET title = title"))
    _interrupt(app, INDEX)
    writer.rollback()
    with _autocommit() as connection:
        former = presence.present(connection)[INDEX.name + building.FORMER]

    assert former.is_valid
    assert _ensure(INDEX) is True
    assert _state() is State.READY
    assert INDEX.name + building.FORMER not in _names()


def test_a_lock_that_is_not_to_be_had_is_waited_for_again(
    app: Flask,  # noqa: ARG001  its context
    writer: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _drop_past(writer)
    monkeypatch.setattr(time, "sleep", lambda _: writer.rollback())

    _ensure(INDEX, HASTY)

    assert _state() is State.READY


def test_a_lock_that_is_never_to_be_had_ends_it(app: Flask, writer: Connection) -> None:  # noqa: ARG001  its context
    _drop_past(writer)

    with pytest.raises(OperationalError) as refusal:
        _ensure(INDEX, HASTY)

    assert isinstance(refusal.value.orig, LockNotAvailable)
    writer.rollback()


def test_two_do_not_build_at_once(app: Flask) -> None:  # noqa: ARG001  its context
    with (
        _autocommit() as one,
        _autocommit() as other,
        building.at_work(one),
        pytest.raises(BuildingElsewhereError),
        building.at_work(other),
    ):
        pass


def test_whoever_is_told_that_somebody_else_builds_is_told_who(app: Flask, writer: Connection) -> None:
    _drop_past(writer)
    with _begun(app, INDEX) as (built, pid):
        with _autocommit() as other, pytest.raises(BuildingElsewhereError, match=str(pid)), building.at_work(other):
            pass
        writer.rollback()
        built.result(timeout=PATIENCE_S)


def test_the_session_waits_afterwards_no_longer_than_before(app: Flask) -> None:  # noqa: ARG001  its context
    asked = text("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
    with _autocommit() as connection:
        connection.execute(text("SELECT set_config('statement_timeout', '5s', false)"))
        connection.execute(text("SELECT set_config('lock_timeout', '3s', false)"))
        with building.at_work(connection):
            inside = tuple(connection.execute(asked).one())
        after = tuple(connection.execute(asked).one())
        connection.execute(text("RESET ALL"))

    assert inside == ("0", "1min")
    assert after == ("5s", "3s")


def test_while_indexes_are_dropped_and_built_nobody_s_write_fails_or_hangs(app: Flask, alice: User, bob: User) -> None:
    review = make_review(make_deal(alice), bob)
    db.session.commit()
    waits_s: list[float] = []
    is_over = threading.Event()

    def write() -> None:
        with app.app_context():
            while not is_over.is_set():
                began_s = time.monotonic()
                db.session.execute(text("UPDATE reviews SET title = 'again' WHERE id = :id"), {"id": review.id})
                db.session.commit()
                waits_s.append(time.monotonic() - began_s)

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        for _ in range(3):
            _drop(INDEX.name)
            _ensure(INDEX)
        is_over.set()
        writing.result(timeout=PATIENCE_S)

    assert len(waits_s) > 3
    assert max(waits_s) < PATIENCE_S


def _drop_past(writer: Connection) -> None:
    """Drop the index, which waits for *writer*'s transaction as well, and let it go on as if nothing had been."""
    writer.rollback()
    _drop(INDEX.name)
    writer.execute(text("UPDATE reviews SET title = title"))
