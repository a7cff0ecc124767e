from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import bulk_load, sweep, sweeping
from dealradar.invalidation.targets import STORE
from tests.interleaving import others
from tests.servers.valkey import Valkey

OWE: Final = text("""
    INSERT INTO cache_outbox (tag, created_at)
    SELECT unnest(cast(:tags AS text[])), now() - cast(:age AS interval)
""")
Version = Callable[[str], bytes | None]

pytestmark = pytest.mark.usefixtures("_community")


def _owe(*tags: str, age: str = "1 hour") -> None:
    """Let *tags* be owed by somebody who died after the commit."""
    db.session.execute(OWE, {"tags": list(tags), "age": age})
    db.session.commit()


def _owed() -> list[str]:
    tags = list(db.session.scalars(text("SELECT tag FROM cache_outbox WHERE delivered_at IS NULL ORDER BY tag")))
    db.session.rollback()
    return tags


def test_what_a_dead_writer_owed_is_invalidated_and_no_longer_owed(version: Version) -> None:
    stores.current().versions(("deal:1",))
    before = version("deal:1")
    _owe("deal:1")

    swept = sweep()

    assert swept == 1
    assert version("deal:1") not in {None, before}
    assert _owed() == []


def test_what_was_written_just_now_is_left_to_its_writer(version: Version) -> None:
    _owe("deal:1", age="0 s")

    swept = sweep()

    assert (swept, version("deal:1"), _owed()) == (0, None, ["deal:1"])


def test_one_tag_owed_by_many_is_invalidated_once_for_all(version: Version) -> None:
    for _ in range(3):
        _owe("deal:1")

    swept = sweep()

    assert (swept, _owed()) == (3, [])
    assert version("deal:1") is not None


def test_what_somebody_else_is_sweeping_is_left_to_them(app: Flask, version: Version) -> None:
    _owe("deal:1")
    _owe("deal:2")

    with others(app) as start:
        db.session.execute(text("SELECT FROM cache_outbox WHERE tag = 'deal:1' FOR UPDATE"))
        swept = start(sweep).result()
        db.session.rollback()

    assert (swept, version("deal:1"), _owed()) == (1, None, ["deal:1"])
    assert version("deal:2") is not None


def test_more_than_a_batch_is_swept_batch_by_batch(version: Version) -> None:
    _owe(*(f"review:{i}" for i in range(2 * STORE.batch_tags + 1)))

    swept = sweep()

    assert (swept, _owed()) == (2 * STORE.batch_tags + 1, [])
    assert version(f"review:{2 * STORE.batch_tags}") is not None


def test_one_sweep_ends_however_much_is_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MAX_BATCHES", 2)
    _owe(*(f"review:{i}" for i in range(3 * STORE.batch_tags)))

    swept = sweep()

    assert (swept, len(_owed())) == (2 * STORE.batch_tags, STORE.batch_tags)


def test_while_the_store_is_down_it_stays_owed_and_is_paid_when_it_is_back(
    valkey: Valkey, variant: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    variant(redis_url=valkey.url)
    valkey.kill()
    _owe("deal:1")

    while_down = sweep()
    owed_while_down = _owed()
    valkey.start()
    db.session.execute(text("UPDATE cache_targets SET retry_at = now()"))
    db.session.commit()
    when_back = sweep()

    assert (while_down, owed_while_down) == (0, ["deal:1"])
    assert (when_back, _owed()) == (1, [])
    assert "sweep_interrupted" in capfd.readouterr().err


@pytest.mark.parametrize("off", [{"cache_enabled": False}, {"cache_bust_on_write": False}], ids=str)
def test_where_writes_dont_invalidate_one_tag_stands_for_all_that_is_owed(
    off: dict[str, bool], variant: Callable[..., None]
) -> None:
    variant(redis_url="redis://127.0.0.1:1/0", **off)
    _owe("deal:1", "deals")
    _owe("review:1")
    _owe("review:2", age="0 s")

    folded = sweep()

    assert (folded, _owed()) == (3, ["path:/", "review:2"])


def test_folding_again_and_again_leaves_one_tag(variant: Callable[..., None]) -> None:
    variant(cache_enabled=False)
    for _ in range(3):
        _owe("deal:1")
        sweep()

    assert _owed() == ["path:/"]


def test_when_writes_invalidate_again_everything_goes_stale(variant: Callable[..., None], version: Version) -> None:
    variant(cache_enabled=False)
    _owe("deal:1")
    sweep()
    db.session.execute(text("UPDATE cache_outbox SET created_at = now() - interval '1 s'"))
    db.session.commit()
    variant()

    sweep()

    assert version("path:/") is not None
    assert _owed() == []


def test_a_tag_that_could_not_be_part_of_a_key_is_refused_by_the_outbox() -> None:
    for tag in ("", "deal: 1", "deal:*", "x" * 251):
        with pytest.raises(Exception, match="tag_is_fit_for_a_key"):
            _owe(tag)
        db.session.rollback()


def test_a_bulk_load_counts_once_and_makes_everything_stale_once(version: Version) -> None:
    with bulk_load():
        db.session.execute(text("INSERT INTO deal_votes SELECT 2, id, 1 FROM users"))
        db.session.execute(text("UPDATE deals SET title = 'Loaded'"))

    assert db.session.scalar(text("SELECT upvote_count FROM deals WHERE id = 2")) == 4
    assert _owed() == ["path:/"]
    assert version("path:/") is not None
    assert version("deals") is None


def test_a_bulk_load_that_fails_leaves_nothing(version: Version) -> None:
    def fail() -> None:
        with bulk_load():
            db.session.execute(text("INSERT INTO deal_votes SELECT 2, id, 1 FROM users"))
            raise LookupError("as the test wants it")

    with pytest.raises(LookupError):
        fail()

    assert db.session.scalar(text("SELECT count(*) FROM deal_votes WHERE deal_id = 2")) == 0
    assert (_owed(), version("path:/")) == ([], None)


def test_after_a_bulk_load_each_write_is_followed_again() -> None:
    with bulk_load():
        pass

    db.session.execute(text("INSERT INTO deal_votes VALUES (2, 1, 1)"))
    db.session.commit()

    assert {"deal:2", "deals"} <= set(_owed())
    assert db.session.scalar(text("SELECT upvote_count FROM deals WHERE id = 2")) == 1
