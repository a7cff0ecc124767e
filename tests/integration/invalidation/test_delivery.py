"""Delivery target by target: two real stores, of which one may fail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from dealradar.cache import Limits, RedisStore, StoreUnavailableError
from dealradar.extensions import db
from dealradar.invalidation import Turn, deliver, outbox, sweep, sweeping, tell
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.outbox import Due
from dealradar.invalidation.targets import STORE, Backoff, Batch, Target, TargetUnavailableError
from tests.interleaving import others
from tests.servers.valkey import Valkey

AT_ONCE: Final = Backoff(first_s=0.0, max_s=0.0)
LONG: Final = Backoff(first_s=3_600.0, max_s=3_600.0)
OWE: Final = text("""
    INSERT INTO cache_outbox (tag, kind, created_at)
    SELECT unnest(CAST(:tags AS text[])), :kind, now() - interval '1 hour'
""")
Version = Callable[[str], bytes | None]

pytestmark = pytest.mark.usefixtures("_community")


@dataclass
class Region:
    """Another region's store as a target; *heard* is what it was told, in order."""

    store: RedisStore
    backoff: Backoff = AT_ONCE
    name: str = "region-2"
    batch_tags: int = 1_000
    pace_s: float = 0.0
    heard: list[Batch] = field(default_factory=list)

    def deliver(self, batch: Batch) -> None:
        try:
            self.store.bump(batch.tags)
        except StoreUnavailableError as error:
            raise TargetUnavailableError(str(error)) from error
        self.heard.append(batch)


@pytest.fixture
def region(valkey: Valkey) -> Iterator[Region]:
    """Return a second target that works."""
    store = RedisStore(valkey.url, Limits(bump_timeout_s=2.0))
    yield Region(store)
    store.close()


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Region]:
    """Return a second target whose server can't be reached."""
    store = RedisStore(f"unix://{tmp_path}/nobody.sock")
    yield Region(store)
    store.close()


def _once(*targets: Target) -> tuple[Turn, ...]:
    """Return the store's turn, and one of each of *targets*."""
    return (Turn("store", STORE), *(Turn(target.name, target, after="store") for target in targets))


def _sweep(*targets: Target) -> int:
    """Tell the store and then each of *targets* what they are owed; return how many tags."""
    turns = _once(*targets)
    return sweep(turns) + sum(tell(target.name, turns) for target in targets)


def _owe(*tags: str, kind: Kind = Kind.STRICT) -> None:
    db.session.execute(OWE, {"tags": list(tags), "kind": kind})
    db.session.commit()


def _rows() -> dict[str, tuple[set[str], bool]]:
    """Return by tag who has been told of it, and whether that is all."""
    found = db.session.execute(text("SELECT tag, delivered_to, delivered_at IS NOT NULL FROM cache_outbox")).all()
    db.session.rollback()
    return {tag: (set(told), is_delivered) for tag, told, is_delivered in found}


def _settle(change: str) -> None:
    db.session.execute(text(f"UPDATE cache_outbox SET {change}"))  # noqa: S608  the test's own words
    db.session.commit()


def test_what_all_targets_have_is_delivered_and_kept(region: Region, version: Version, valkey: Valkey) -> None:
    _owe("deal:1")

    swept = _sweep(region)

    with redis.Redis.from_url(valkey.url) as there:
        assert there.get("dealradarus:v1:tag:deal:1") is not None
    assert version("deal:1") is not None
    assert (swept, _rows()) == (2, {"deal:1": ({"store", "region-2"}, True)})


def test_a_target_that_is_away_keeps_no_other_waiting_and_gets_it_when_it_is_back(
    away: Region, version: Version, region: Region
) -> None:
    _owe("deal:1")

    _sweep(away)
    meanwhile, told = _rows(), version("deal:1")
    _sweep(region)

    assert (meanwhile, told is not None) == ({"deal:1": ({"store"}, False)}, True)
    assert _rows() == {"deal:1": ({"store", "region-2"}, True)}
    assert version("deal:1") == told


def test_a_target_that_failed_is_left_alone_for_a_while_and_the_others_are_not(away: Region, region: Region) -> None:
    away.backoff = LONG
    _owe("deal:1")
    _sweep(away)

    _sweep(region)

    assert region.heard == []
    failing = db.session.execute(text("SELECT name, failures, last_error FROM cache_targets")).one()
    assert failing[:2] == ("region-2", 1)
    assert "unavailable" in failing.last_error
    _owe("deal:2")
    _sweep(region)
    assert _rows()["deal:2"] == ({"store"}, False)


def test_what_was_held_against_a_target_is_forgotten_when_it_works(away: Region, region: Region) -> None:
    _owe("deal:1")
    _sweep(away)
    _sweep(away)
    failures = db.session.scalar(text("SELECT failures FROM cache_targets"))
    db.session.rollback()

    _sweep(region)

    assert failures == 2
    assert db.session.scalar(text("SELECT count(*) FROM cache_targets")) == 0


def test_each_failure_in_a_row_doubles_the_wait_up_to_the_bound() -> None:
    backoff = Backoff(first_s=0.1, max_s=0.5)

    assert [backoff.after(failures) for failures in (1, 2, 3, 4, 5_000)] == [0.1, 0.2, 0.4, 0.5, 0.5]
    assert STORE.backoff.max_s < 1.0


def test_what_hurries_most_goes_first_and_by_itself(region: Region) -> None:
    _owe("deals", "deal:1")
    _owe("review:1", kind=Kind.HARD)

    _sweep(region)

    assert [(batch.kind, set(batch.tags)) for batch in region.heard] == [
        (Kind.HARD, {"review:1"}),
        (Kind.STRICT, {"deals", "deal:1"}),
    ]


def test_the_local_store_being_told_by_the_writer_leaves_the_other_target_to_the_sweep(region: Region) -> None:
    _owe("deal:1")
    (transaction_id,) = db.session.scalars(text("SELECT transaction_id FROM cache_outbox")).all()
    db.session.rollback()

    noted = [deliver([(transaction_id, Kind.SOFT)], _once(region)) for _ in range(2)]

    assert (noted, _rows()) == ([1, 0], {"deal:1": ({"store"}, False)})
    assert _sweep(region) == 1
    assert _rows() == {"deal:1": ({"store", "region-2"}, True)}


def test_what_is_being_delivered_keeps_nobody_waiting_who_notes_it_as_paid(app: Flask, region: Region) -> None:
    _owe("deal:1")
    (transaction_id,) = db.session.scalars(text("SELECT transaction_id FROM cache_outbox")).all()

    with others(app) as start:
        outbox.claim(Due("store"), limit=10)
        noted = start(lambda: deliver([(transaction_id, Kind.SOFT)])).result(timeout=5.0)
        swept = start(lambda: _sweep(region)).result(timeout=5.0)
        db.session.rollback()

    assert (noted, swept) == (0, 0)


def test_a_target_that_was_taken_off_the_list_holds_nothing_up(away: Region) -> None:
    _owe("deal:1")
    _sweep(away)

    _sweep()

    assert _rows() == {"deal:1": ({"store"}, True)}


def test_delivered_rows_are_removed_when_the_replay_window_is_over(variant: Callable[..., None]) -> None:
    variant(cache_replay_window_s=60)
    _owe("deal:1", "deal:2")
    sweep()
    _settle("delivered_at = now() - CASE tag WHEN 'deal:1' THEN interval '61 s' ELSE interval '59 s' END")

    sweep()

    assert set(_rows()) == {"deal:2"}


def test_rows_that_are_owed_are_kept_however_old_they_are(away: Region) -> None:
    _owe("deal:1")
    _settle("created_at = now() - interval '1 year'")

    _sweep(away)

    assert _rows() == {"deal:1": ({"store"}, False)}


def test_one_sweep_removes_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MAX_PRUNED", 2)
    _owe("deal:1", "deal:2", "deal:3")
    _settle("delivered_at = now() - interval '1 day'")

    sweep()

    assert len(_rows()) == 1


def test_what_is_owed_to_the_store_and_what_was_stale_lately_can_be_asked_for() -> None:
    _owe("deal:1", "deal:2", "deal:3")
    _settle("delivered_at = now() - interval '100 s', delivered_to = '{store}' WHERE tag <> 'deal:1'")
    _settle("delivered_at = now() - interval '300 s' WHERE tag = 'deal:3'")
    _settle("delivered_to = '{region-2}' WHERE tag = 'deal:1'")

    assert outbox.owed_tags(10) == ["deal:1"]
    assert set(outbox.lately(10, within_s=200.0)) == {"deal:1", "deal:2"}
    assert len(outbox.lately(2, within_s=1_000.0)) == 2
