"""A store that missed what was written while it was away is not believed before that was made up for."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import redis
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import outbox, replaying, transaction
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey

NOWHERE: Final = ("127.0.0.1", 1)
PATH: Final = "/api/deals/1"
VERSION: Final = "dealradarus:v1:tag:deal:1"
MANY: Final = 10
BACK_WITHIN_S: Final = 15.0
OLD_CENTS: Final = 4_999
NEW_CENTS: Final = 777
Version = Callable[[str], bytes | None]
Variant = Callable[..., None]

pytestmark = pytest.mark.usefixtures("_community")


class Way(Proxy):
    """The way to the store, which can be cut and mended."""

    def cut(self) -> None:
        """Lose what goes over the connections there are, and lead new ones nowhere."""
        self.upstream = NOWHERE
        self.strand()

    def lead_to(self, valkey: Valkey) -> None:
        """Lead new connections to *valkey*."""
        self.upstream = ("127.0.0.1", valkey.port)


@pytest.fixture
def way(valkey: Valkey) -> Iterator[Way]:
    """Return the way to the store."""
    way = Way(valkey.url)
    with way.running():
        yield way


@pytest.fixture
def reader(_community: None, way: Way, variant: Variant) -> FlaskClient:
    """Return a client of an application that has the deal in its cache."""
    variant(redis_url=way.url)
    reader = current_app.test_client()
    _first_hit(reader)
    return reader


@pytest.fixture
def copy(reader: FlaskClient, valkey: Valkey, tmp_path: Path) -> Iterator[Valkey]:  # noqa: ARG001  who filled it
    """Return a server with what the store held when the deal had just been cached, as a replica or a snapshot has."""
    copy = Valkey(tmp_path)
    copy.start()
    with redis.Redis.from_url(copy.url) as server:
        server.replicaof("127.0.0.1", str(valkey.port))
        deadline_s = time.monotonic() + BACK_WITHIN_S
        while server.info("replication")["master_link_status"] != "up":
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        server.replicaof("NO", "ONE")
    yield copy
    copy.kill()


def _reprice() -> None:
    with transaction():
        db.session.execute(text("UPDATE deals SET price_cents = :cents WHERE id = 1"), {"cents": NEW_CENTS})


def _price(reader: FlaskClient) -> tuple[str, int]:
    with current_app.app_context():
        answer = reader.get(PATH)
    return answer.headers["X-Cache"], answer.get_json()["price_cents"]


def _first_hit(reader: FlaskClient) -> int:
    """Return the price in the first answer that comes out of the cache."""
    deadline_s = time.monotonic() + BACK_WITHIN_S
    while time.monotonic() < deadline_s:
        result, cents = _price(reader)
        if result == "HIT":
            return cents
        time.sleep(0.01)
    pytest.fail("Nothing comes out of the cache.")


def _owed() -> set[str]:
    return set(outbox.owed_tags(100))


def _forget_what_was_owed() -> None:
    """Have the workers done with it: the store that was written to has it all."""
    db.session.execute(text("UPDATE cache_outbox SET delivered_at = now(), delivered_to = ARRAY['store']"))
    db.session.commit()


def _replay_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "is_paying", lambda: False)


def test_the_first_hit_of_a_store_that_was_cut_off_shows_what_was_written_meanwhile(
    reader: FlaskClient, way: Way, valkey: Valkey
) -> None:
    way.cut()
    before = {_price(reader) for _ in range(MANY)}
    _reprice()
    after = {_price(reader) for _ in range(MANY)}
    way.lead_to(valkey)

    assert _first_hit(reader) == NEW_CENTS
    assert (before, after) == ({("BYPASS", OLD_CENTS)}, {("BYPASS", NEW_CENTS)})
    assert "deal:1" in _owed()


def test_without_the_replay_it_would_not(
    reader: FlaskClient, way: Way, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replay_nothing(monkeypatch)
    way.cut()
    _reprice()
    way.lead_to(valkey)

    assert _first_hit(reader) == OLD_CENTS


def test_what_another_process_owes_is_paid_too(reader: FlaskClient, way: Way, valkey: Valkey) -> None:
    way.cut()
    for _ in range(MANY):
        _price(reader)
    db.session.execute(text("UPDATE deals SET price_cents = :cents WHERE id = 1"), {"cents": NEW_CENTS})
    db.session.commit()
    way.lead_to(valkey)

    assert _first_hit(reader) == NEW_CENTS


def test_a_process_that_could_not_invalidate_serves_nothing_until_it_has(
    reader: FlaskClient, way: Way, valkey: Valkey
) -> None:
    way.cut()
    _reprice()
    way.lead_to(valkey)

    assert _first_hit(reader) == NEW_CENTS


def test_while_the_database_cannot_be_asked_what_is_owed_nothing_is_served(
    reader: FlaskClient, way: Way, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(limit: int) -> list[str]:
        raise ConnectionError(f"no {limit} tags from a database that is away")

    way.cut()
    _reprice()
    with monkeypatch.context() as away:
        away.setattr(outbox, "owed_tags", refuse)
        way.lead_to(valkey)
        deadline_s = time.monotonic() + 1.5
        results = set()
        while time.monotonic() < deadline_s:
            results.add(_price(reader))

    assert results == {("BYPASS", NEW_CENTS)}
    assert _first_hit(reader) == NEW_CENTS


def test_a_server_that_took_over_with_an_old_copy_is_not_believed(
    reader: FlaskClient, way: Way, valkey: Valkey, copy: Valkey
) -> None:
    _reprice()
    _forget_what_was_owed()
    valkey.kill()
    way.lead_to(copy)

    assert _first_hit(reader) == NEW_CENTS


def test_without_the_replay_it_would_be(
    reader: FlaskClient, way: Way, copy: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replay_nothing(monkeypatch)
    _reprice()
    _forget_what_was_owed()
    way.strand()
    way.lead_to(copy)

    assert _first_hit(reader) == OLD_CENTS


def test_one_that_was_killed_and_started_on_an_old_snapshot_is_not_believed(
    reader: FlaskClient, valkey: Valkey
) -> None:
    with redis.Redis.from_url(valkey.url) as server:
        server.save()
    _reprice()
    _forget_what_was_owed()
    valkey.kill()
    valkey.start()

    assert _first_hit(reader) == NEW_CENTS


def test_one_that_was_flushed_has_nothing_to_make_up_for(reader: FlaskClient, valkey: Valkey) -> None:
    _reprice()
    _forget_what_was_owed()
    with redis.Redis.from_url(valkey.url) as server:
        server.flushall()

    assert [_price(reader) for _ in range(2)] == [("MISS", NEW_CENTS), ("HIT", NEW_CENTS)]


@pytest.mark.usefixtures("reader")
def test_who_could_not_invalidate_does_it_once_the_store_is_back_though_nobody_asks(way: Way, valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as server:
        before = server.get(VERSION)
        way.cut()
        _reprice()
        meanwhile = server.get(VERSION)
        way.lead_to(valkey)

        deadline_s = time.monotonic() + BACK_WITHIN_S
        while server.get(VERSION) == before:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)

    assert meanwhile == before


@pytest.mark.usefixtures("reader")
def test_a_process_that_starts_on_an_old_copy_does_not_believe_it(copy: Valkey, variant: Variant) -> None:
    _reprice()
    _forget_what_was_owed()
    variant(redis_url=copy.url)

    assert _first_hit(current_app.test_client()) == NEW_CENTS


def test_a_hung_store_slows_nobody_while_it_is_tried(reader: FlaskClient, valkey: Valkey) -> None:
    valkey.pause()
    for _ in range(MANY):
        _price(reader)

    took_s = []
    deadline_s = time.monotonic() + 1.5
    while time.monotonic() < deadline_s:
        began_s = time.perf_counter()
        stores.current().lookup("dealradarus:v1:/deals/1:0", ("deal:1",))
        took_s.append(time.perf_counter() - began_s)
        time.sleep(0.01)
    valkey.resume()

    assert max(took_s) < 0.08  # a probe that was waited for would take the store's 0.1 s
    assert _first_hit(reader) == OLD_CENTS
