"""Votes come in bursts: the item's own tag moves with each, its lists' at once and then once in a while."""

import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from dealradar.cache import SOFT_BOUND_S, bumps
from dealradar.cache.bumps import SOFT_BURST
from dealradar.cache.keys import gate_key
from dealradar.extensions import db
from dealradar.invalidation import deliver, hook, sweep, transaction
from dealradar.invalidation.courier import Paid
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import MERGED
from dealradar.invalidation.merging import Merger
from tests.interleaving import others
from tests.merging import Mortal
from tests.servers.valkey import Valkey

VOTE: Final = text("UPDATE deals SET upvote_count = upvote_count + 1 WHERE id = 1")
PATIENCE_S: Final = 10.0
Version = Callable[[str], bytes | None]


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second one in a while be put off already."""
    monkeypatch.setattr(bumps, "SOFT_BURST", 1)


class Notebook:
    """Keeps what a courier would pass on."""

    def __init__(self) -> None:
        self.paid: list[Paid] = []

    def tell(self, transaction_id: int, kind: Kind) -> None:
        self.paid.append((transaction_id, kind))


@pytest.fixture(autouse=True)
def told(_community: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """Return what the workers would be told is paid."""
    notebook = Notebook()
    monkeypatch.setattr(hook, "courier", notebook)
    merger = Mortal(notebook.tell)
    monkeypatch.setattr(hook, "merger", merger)
    yield notebook
    merger.is_over = True


@pytest.fixture
def moves(redis_url: str) -> Iterator[Callable[[str], int]]:
    """Return what tells how often a tag has moved since the test began, by what the server was sent."""
    with redis.Redis.from_url(redis_url) as client, client.monitor() as monitor:
        ours = (heard["command"] for heard in monitor.listen() if heard["db"] == client.get_connection_kwargs()["db"])

        def count(tag: str) -> int:
            client.echo(f"until here {tag}")
            seen.extend(iter(lambda: next(ours), f"ECHO until here {tag}"))
            return sum(command.startswith(f"SET dealradarus:v1:tag:{tag} ") for command in seen)

        seen: list[str] = []
        yield count


def _vote() -> None:
    with transaction():
        db.session.execute(VOTE)


def _owed() -> set[str]:
    tags = set(db.session.scalars(text("SELECT tag FROM cache_outbox WHERE delivered_at IS NULL")))
    db.session.rollback()
    return tags


def _grow_old() -> None:
    db.session.execute(text("UPDATE cache_outbox SET created_at = created_at - interval '1 hour'"))
    db.session.commit()


def _merged(outcome: str) -> float:
    samples = [sample for family in MERGED.labels(outcome).collect() for sample in family.samples]
    return next(sample.value for sample in samples if sample.name.endswith("_total"))


def _until(happens: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_a_hundred_votes_in_a_moment_move_the_list_a_few_times_and_the_deal_each_time(
    moves: Callable[[str], int], told: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bumps, "SOFT_BURST", SOFT_BURST)
    began_s = time.monotonic()
    for _ in range(100):
        _vote()
    took_s = time.monotonic() - began_s

    _until(lambda: {transaction_id for transaction_id, kind in told.paid if kind is Kind.SOFT} == _transactions())

    assert moves("deal:1") == 100
    assert SOFT_BURST < moves("deals") <= SOFT_BURST * (2 + took_s // SOFT_BOUND_S)


def _transactions() -> set[int]:
    ids = set(db.session.scalars(text("SELECT DISTINCT transaction_id FROM cache_outbox")))
    db.session.rollback()
    return ids


def test_a_single_vote_moves_the_list_at_once(version: Version, told: Notebook) -> None:
    _vote()

    assert version("deals") is not None
    assert [kind for _, kind in told.paid] == [Kind.SOFT]


def test_the_last_vote_moves_the_list_when_the_bound_is_over(version: Version, told: Notebook) -> None:
    _vote()
    first = version("deals")
    _vote()
    deferred = version("deals")

    _until(lambda: version("deals") != first)

    assert deferred == first
    _until(lambda: len(told.paid) == 3)
    assert [kind for _, kind in told.paid] == [Kind.SOFT, Kind.STRICT, Kind.SOFT]
    assert told.paid[1][0] == told.paid[2][0]


def test_until_then_it_stays_owed_and_the_deal_itself_does_not(told: Notebook) -> None:
    _vote()
    _vote()

    deliver(told.paid)

    assert _owed() == {"deals"}


def test_two_processes_that_wait_for_one_gate_move_the_list_once_between_them(
    moves: Callable[[str], int], told: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    _vote()
    _vote()
    monkeypatch.setattr(hook, "merger", Merger(told.tell))  # another process's
    _vote()

    _until(lambda: [kind for _, kind in told.paid].count(Kind.SOFT) == 3)

    assert moves("deals") == 2


def test_a_process_that_dies_with_one_put_off_loses_nothing(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(Merger):
        def _run(self) -> None:
            """Do nothing, as a process that was killed."""

    monkeypatch.setattr(hook, "merger", Dead(lambda *_: None))
    _vote()
    first = version("deals")
    _vote()
    at_once = sweep()
    _grow_old()

    sweep()

    assert (at_once, version("deals") != first) == (0, True)
    assert _owed() == set()


def test_the_sweep_leaves_soft_ones_to_their_writer_for_as_long_as_they_may_wait(version: Version) -> None:
    db.session.execute(
        text(
            "INSERT INTO cache_outbox (tag, kind, created_at) SELECT 'deals', 2, now() - make_interval(secs => :age_s)"
        ),
        {"age_s": SOFT_BOUND_S},
    )
    db.session.commit()

    assert (sweep(), version("deals"), _owed()) == (0, None, {"deals"})


def test_what_was_put_off_while_the_store_goes_away_stays_owed(
    valkey: Valkey, variant: Callable[..., None], told: Notebook
) -> None:
    variant(redis_url=valkey.url)
    _vote()
    _vote()
    deliver(told.paid)
    owing = _merged("owed")

    valkey.kill()

    _until(lambda: _merged("owed") > owing)
    assert _owed() == {"deals"}


def test_a_gate_that_its_store_has_lost_keeps_nobody_waiting(version: Version, redis_url: str) -> None:
    _vote()
    first = version("deals")
    with redis.Redis.from_url(redis_url) as client:
        client.delete(gate_key("deals"))

    _vote()

    assert version("deals") != first


def test_a_forked_child_leaves_to_its_parent_what_that_has_put_off(
    monkeypatch: pytest.MonkeyPatch, told: Notebook, version: Version
) -> None:
    child = Merger(told.tell)
    monkeypatch.setattr(hook, "merger", child)
    _vote()
    first = version("deals")
    _vote()

    child.forget()
    _grow_old()

    assert (sweep(), version("deals") != first) == (4, True)
    assert [kind for _, kind in told.paid] == [Kind.SOFT, Kind.STRICT]


def test_a_takedown_leaves_its_mark_and_goes_first(version: Version, redis_url: str) -> None:
    with transaction():
        db.session.execute(text("UPDATE reviews SET status = 'hidden' WHERE id = 1"))

    with redis.Redis.from_url(redis_url) as client:
        marks = {key.decode().removeprefix("dealradarus:v1:hard:") for key in client.keys("dealradarus:v1:hard:*")}
    assert {"review:1", "reviews@deal:1", "comments@review:1"} <= marks
    assert not {"deal:1", "deals"} & marks
    assert version("review:1") is not None


def test_a_takedown_that_the_sweep_delivers_leaves_its_mark_too(redis_url: str, app: Flask) -> None:
    db.session.execute(text("UPDATE users SET standing = 'banned' WHERE id = 2"))
    db.session.commit()
    _grow_old()

    with others(app) as start:
        start(sweep).result(PATIENCE_S)

    with redis.Redis.from_url(redis_url) as client:
        assert client.exists("dealradarus:v1:hard:user:2")
