import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from dealradar.domain import lost_connections
from dealradar.extensions import db

PID = text("SELECT pg_backend_pid()")
TERMINATE = text("SELECT pg_terminate_backend(:pid, 5000)")

pytestmark = pytest.mark.usefixtures("app")


def _use() -> object:
    with db.engine.connect() as connection:
        return connection.scalar(PID)


def _use_two() -> set[object]:
    with db.engine.connect() as one, db.engine.connect() as another:
        return {one.scalar(PID), another.scalar(PID)}


def _end(pid: object) -> None:
    """Have the server close the pooled connection *pid*; another one is in the pool then as well."""
    with db.engine.connect() as idle, db.engine.connect() as other:
        assert idle.scalar(PID) == pid
        idle.close()
        assert other.scalar(TERMINATE, {"pid": pid})


def test_a_connection_is_used_again() -> None:
    db.engine.dispose()

    assert _use() == _use()


def test_one_that_the_server_has_closed_is_given_to_nobody() -> None:
    db.engine.dispose()
    ended = _use()
    _end(ended)

    assert ended not in _use_two()


def test_one_that_was_idle_for_long_is_asked_whether_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    db.engine.dispose()
    ended = _use()
    _end(ended)
    monkeypatch.setattr(lost_connections, "has_something_to_say", lambda _driver: False)

    with pytest.raises(OperationalError):
        _use_two()
    db.engine.dispose()
    ended = _use()
    _end(ended)
    monkeypatch.setattr(lost_connections, "TRUSTED_S", -1.0)

    assert ended not in _use_two()


def test_one_that_is_alive_has_nothing_to_say() -> None:
    db.engine.dispose()
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection

    asked = lost_connections.has_something_to_say(driver)

    assert not asked
