from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from dealradar.domain import deals, outages
from dealradar.domain.deals import DealOut
from dealradar.domain.deals.models import Deal
from dealradar.domain.reading import END_READING, ReadingInTransactionError, read_only
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.web.answer import compute_detached
from dealradar.web.api.deals import routes
from tests.factories.deals import make_deal

HIDE = text("UPDATE deals SET status = 'hidden'")


@pytest.fixture
def deal(alice: User) -> Deal:
    return make_deal(alice)


@pytest.fixture
def _writing_view(monkeypatch: pytest.MonkeyPatch) -> None:
    def hide(_deal_id: int) -> DealOut:
        db.session.execute(HIDE)
        db.session.commit()
        raise AssertionError("it was written")

    monkeypatch.setattr(deals, "get", hide)


def _status() -> object:
    status = db.session.scalar(text("SELECT status FROM deals"))
    db.session.rollback()
    return status


@pytest.mark.usefixtures("deal")
def test_what_only_reads_can_not_write() -> None:
    with pytest.raises(DBAPIError) as refused, read_only():
        db.session.execute(HIDE)

    assert isinstance(refused.value.orig, ReadOnlySqlTransaction)
    assert _status() == "active"


@pytest.mark.usefixtures("deal")
def test_whoever_has_the_connection_next_may_write() -> None:
    db.engine.dispose()
    with read_only():
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))

    with transaction():
        assert db.session.scalar(text("SELECT pg_backend_pid()")) == pid
        db.session.execute(HIDE)

    assert _status() == "hidden"


@pytest.mark.usefixtures("app")
def test_when_reading_has_ended_its_connection_is_free() -> None:
    with read_only():
        db.session.execute(text("SELECT 1"))
        during = db.engine.pool.checkedout()  # type: ignore[attr-defined]  # the engine's pool is a queue

    assert db.engine.pool.checkedout() == during - 1  # type: ignore[attr-defined]


@pytest.mark.usefixtures("app")
def test_a_statement_that_reads_is_the_only_thing_that_is_said(tmp_path: Path) -> None:
    db.engine.dispose()
    with read_only():
        db.session.scalar(text("SELECT 1"))

    with (tmp_path / "said").open("w+b") as said:
        with read_only():
            driver: Any = db.session.connection().connection.driver_connection
            driver.pgconn.trace(said.fileno())
            db.session.scalar(text("SELECT 2"))
        db.engine.connect().close()
        driver.pgconn.untrace()
        said.seek(0)
        lines = said.read().decode().splitlines()

    answered = [line for line in lines if "\tReadyForQuery" in line]
    queries = [line for line in lines if "\tParse" in line or "\tQuery" in line]
    assert (len(answered), len(queries)) == (2, 2)
    assert "SELECT 2" in queries[0]
    assert END_READING in queries[1]


@pytest.mark.usefixtures("deal")
def test_connections_of_ones_own_only_read_within_it_too() -> None:
    autocommit = db.engine.execution_options(isolation_level="AUTOCOMMIT")

    with read_only(), autocommit.connect() as own, pytest.raises(DBAPIError) as refused:
        own.execute(HIDE)

    assert isinstance(refused.value.orig, ReadOnlySqlTransaction)
    with autocommit.connect() as own:
        own.execute(HIDE)
    assert _status() == "hidden"


@pytest.mark.usefixtures("app")
def test_a_server_that_dies_before_it_can_be_told_is_an_outage() -> None:
    db.engine.dispose()
    event.listen(db.engine, "checkout", lambda driver, *_: driver.pgconn.finish(), once=True)

    with pytest.raises(OperationalError) as failed, read_only():
        db.session.scalar(text("SELECT 1"))

    assert outages.is_outage(failed.value)
    with read_only():
        assert db.session.scalar(text("SELECT 2")) == 2


@pytest.mark.usefixtures("app")
def test_no_transaction_that_may_have_written_turns_into_one_that_only_reads() -> None:
    with transaction():
        db.session.execute(text("SELECT 1"))

        with pytest.raises(ReadingInTransactionError), read_only():
            pass


@pytest.mark.usefixtures("_writing_view")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_view_that_writes_when_it_should_read_fails_loudly_and_has_written_nothing(
    client: FlaskClient, deal: Deal, method: str
) -> None:
    answer = client.open(f"/api/deals/{deal.id}", method=method)

    assert answer.status_code == 500
    assert _status() == "active"


@pytest.mark.usefixtures("_writing_view")
def test_so_does_one_that_is_run_without_a_request(app: Flask, deal: Deal) -> None:
    endpoint = next(one for one in routes.endpoints if one.name == "deals.get")

    with app.app_context(), pytest.raises(DBAPIError) as refused:
        compute_detached(endpoint, {"deal_id": deal.id}, path="/api/deals/1")

    assert isinstance(refused.value.orig, ReadOnlySqlTransaction)
