import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from celery import Celery
from sqlalchemy import Engine, event, text

from dealradar import jobs
from dealradar.domain.deals.models import PriceChange
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import NestedTransactionError, bookkeeping, bulk_load, deliver, hook, sweep, transaction
from dealradar.invalidation.courier import Courier
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import PAID
from dealradar.jobs import BrokerUnavailableError, Job
from tests.servers.valkey import Valkey

REPRICE: Final = text("UPDATE deals SET price_cents = price_cents + 1 WHERE id = 1")
NOBODY: Final = "redis://127.0.0.1:1/0"
Version = Callable[[str], bytes | None]


class Notebook:
    """Keeps what a courier would pass on."""

    def __init__(self) -> None:
        self.transaction_ids: list[int] = []

    def tell(self, transaction_id: int, _kind: Kind) -> None:
        self.transaction_ids.append(transaction_id)


@pytest.fixture(autouse=True)
def told(_community: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the transactions that the workers would be told are paid."""
    notebook = Notebook()
    monkeypatch.setattr(hook, "courier", notebook)
    return notebook.transaction_ids


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return what is sent to the database from here on."""
    heard: list[str] = []

    def hear(*args: object) -> None:
        heard.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def _owed() -> set[str]:
    tags = set(db.session.scalars(text("SELECT tag FROM cache_outbox WHERE delivered_at IS NULL")))
    db.session.rollback()
    return tags


def _reprice() -> None:
    with transaction():
        db.session.execute(REPRICE)


def _paid(outcome: str) -> float:
    samples = [sample for family in PAID.labels(outcome).collect() for sample in family.samples]
    return next(sample.value for sample in samples if sample.name.endswith("_total"))


def test_when_the_block_has_ended_what_it_made_stale_has_another_version(version: Version) -> None:
    stores.current().versions(("deal:1", "deal:2"))
    deal_1, deal_2 = version("deal:1"), version("deal:2")

    _reprice()

    assert version("deal:1") not in {None, deal_1}
    assert version("deal:2") == deal_2


def test_nothing_is_invalidated_before_it_is_committed(version: Version) -> None:
    before_the_commit: list[bytes | None] = []
    event.listen(db.session, "before_commit", lambda _: before_the_commit.append(version("deal:1")), once=True)

    _reprice()

    assert before_the_commit == [None]
    assert version("deal:1") is not None


def test_what_the_session_held_back_till_the_end_is_invalidated_too(version: Version) -> None:
    with transaction():
        db.session.add(PriceChange(deal_id=1, price_cents=1))

    assert version("prices@deal:1") is not None


def test_bookkeeping_asks_nothing_but_what_it_is_about(statements: list[str]) -> None:
    with bookkeeping():
        db.session.execute(text("UPDATE cache_outbox SET told_at = now() WHERE false"))

    assert len(statements) == 1


def test_what_bookkeeping_owes_all_the_same_stays_owed_until_it_is_swept(version: Version) -> None:
    with bookkeeping():
        db.session.execute(REPRICE)
    before_the_sweep = version("deal:1"), "deal:1" in _owed()
    db.session.execute(text("UPDATE cache_outbox SET created_at = created_at - interval '1 minute'"))
    db.session.commit()

    sweep()

    assert before_the_sweep == (None, True)
    assert (version("deal:1") is not None, _owed()) == (True, set())


def test_in_bookkeeping_there_can_be_no_transaction() -> None:
    with bookkeeping(), pytest.raises(NestedTransactionError), transaction():
        pass


def test_what_was_rolled_back_is_not_there_and_invalidates_nothing(version: Version, told: list[int]) -> None:
    def fail() -> None:
        with transaction():
            db.session.execute(REPRICE)
            raise LookupError("as the test wants it")

    with pytest.raises(LookupError):
        fail()

    assert db.session.scalar(text("SELECT price_cents FROM deals WHERE id = 1")) == 4_999
    assert (version("deal:1"), _owed(), told) == (None, set(), [])


def test_a_commit_that_the_database_refuses_invalidates_nothing(version: Version) -> None:
    def commit_what_breaks_a_deferred_constraint() -> None:
        with transaction():
            db.session.execute(text("ALTER TABLE bookmarks ALTER CONSTRAINT fk_bookmarks_user_id_users DEFERRABLE"))
            db.session.execute(text("SET CONSTRAINTS fk_bookmarks_user_id_users DEFERRED"))
            db.session.execute(text("INSERT INTO bookmarks VALUES (1, 99)"))

    with pytest.raises(Exception, match="fk_bookmarks_user_id_users"):
        commit_what_breaks_a_deferred_constraint()

    assert (version("deal:1"), _owed()) == (None, set())


def test_what_another_transaction_owes_is_left_to_it(version: Version) -> None:
    db.session.execute(text("UPDATE merchants SET name = 'Another' WHERE id = 2"))
    db.session.commit()

    _reprice()

    assert version("merchants") is None
    assert "merchants" in _owed()


def test_the_workers_are_told_of_what_is_paid_and_note_that_alone(told: list[int]) -> None:
    _reprice()
    with transaction():
        db.session.execute(text("UPDATE merchants SET url = 'https://acme.example' WHERE id = 1"))
    before = _owed()

    noted = deliver([(told[0], Kind.SOFT)])

    assert (before, noted, _owed()) == ({"deal:1", "deals", "merchants"}, 2, {"merchants"})


def test_one_who_writes_what_nobody_sees_tells_nobody(told: list[int]) -> None:
    with transaction():
        db.session.execute(text("UPDATE users SET email_alerts = false"))

    assert (told, _owed()) == ([], set())


def test_a_transaction_inside_another_is_refused_and_the_outer_one_rolled_back() -> None:
    def nest() -> None:
        with transaction():
            db.session.execute(REPRICE)
            _reprice()

    with pytest.raises(NestedTransactionError):
        nest()

    assert db.session.scalar(text("SELECT price_cents FROM deals WHERE id = 1")) == 4_999


def test_after_a_block_failed_the_next_one_works(version: Version) -> None:
    with pytest.raises(NestedTransactionError), transaction(), bulk_load():
        pass

    _reprice()

    assert version("deal:1") is not None


def test_a_writer_whose_store_is_dead_has_written_and_owes(
    variant: Callable[..., None], told: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    variant(redis_url=NOBODY)
    owing = _paid("owed")

    _reprice()

    assert db.session.scalar(text("SELECT price_cents FROM deals WHERE id = 1")) == 5_000
    assert (_owed(), told, _paid("owed") - owing) == ({"deal:1", "deals"}, [], 1)
    assert "invalidation_owed" in capfd.readouterr().err


def test_a_hung_store_holds_writers_up_for_a_moment_only(variant: Callable[..., None], valkey: Valkey) -> None:
    variant(redis_url=valkey.url)
    _reprice()
    valkey.pause()

    started_s = time.monotonic()
    for _ in range(5):
        _reprice()

    assert time.monotonic() - started_s < 3.0
    assert _owed() == {"deal:1", "deals"}


@pytest.mark.parametrize("off", [{"cache_enabled": False}, {"cache_bust_on_write": False}], ids=str)
def test_where_writes_dont_invalidate_the_store_is_not_touched(
    off: dict[str, bool], variant: Callable[..., None], told: list[int], statements: list[str]
) -> None:
    variant(redis_url=NOBODY, **off)
    owing = _paid("owed")

    _reprice()

    assert db.session.scalar(text("SELECT price_cents FROM deals WHERE id = 1")) == 5_000
    assert (told, _paid("owed") - owing) == ([], 0)
    assert not any("pg_current_xact_id_if_assigned" in statement for statement in statements)


@pytest.fixture
def own_celery(valkey: Valkey) -> Celery:
    """Return a Celery on a broker of this test's own, with little patience."""
    own = Celery("own", set_as_current=False)
    jobs.configure(own, broker_url=valkey.url)
    own.conf.broker_transport_options |= {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}
    return own


@pytest.mark.parametrize("fault", [Valkey.kill, Valkey.pause])
def test_a_broker_that_is_dead_or_hung_is_reported_in_bounded_time(
    fault: Callable[[Valkey], None], own_celery: Celery, valkey: Valkey
) -> None:
    jobs.ask_for(own_celery, Job.DELIVER_INVALIDATIONS, [1])
    fault(valkey)

    started_s = time.monotonic()
    with pytest.raises(BrokerUnavailableError):
        jobs.ask_for(own_celery, Job.DELIVER_INVALIDATIONS, [2])

    assert time.monotonic() - started_s < 3.0


@pytest.mark.parametrize("fault", [Valkey.kill, Valkey.pause])
def test_a_broker_that_is_dead_or_hung_costs_writers_nothing(
    fault: Callable[[Valkey], None],
    own_celery: Celery,
    valkey: Valkey,
    monkeypatch: pytest.MonkeyPatch,
    version: Version,
) -> None:
    courier = Courier(lambda ids: jobs.ask_for(own_celery, Job.DELIVER_INVALIDATIONS, ids))
    monkeypatch.setattr(hook, "courier", courier)
    _reprice()
    fault(valkey)

    slowest_s = max(_timed(_reprice) for _ in range(50))

    assert slowest_s < 2.0  # far below the patience with a broker that hangs
    assert version("deal:1") is not None


def _timed(act: Callable[[], None]) -> float:
    started_s = time.monotonic()
    act()
    return time.monotonic() - started_s


def test_a_connection_that_broke_is_reported_and_the_next_block_has_a_new_one(version: Version) -> None:
    def break_off() -> None:
        with transaction():
            db.session.execute(REPRICE)
            db.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Exception, match="terminating connection"):
        break_off()

    _reprice()

    assert db.session.scalar(text("SELECT price_cents FROM deals WHERE id = 1")) == 5_000
    assert version("deal:1") is not None
