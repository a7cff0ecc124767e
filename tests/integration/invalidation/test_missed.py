"""What a store is told that may have missed it: what is owed, and after a change of server what was told lately."""

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.httpcache.control import changes
from dealradar.httpcache.overrides import Override
from dealradar.invalidation import outbox, replaying, transaction
from dealradar.invalidation.triggers import EVERYTHING
from tests.applications import Make

pytestmark = pytest.mark.usefixtures("_community")


def _owe(*tags: str) -> None:
    with transaction():
        outbox.owe(tags)


def _forget_what_was_owed() -> None:
    """Have the workers done with it: the store that was written to has it all."""
    db.session.execute(text("UPDATE cache_outbox SET delivered_at = now(), delivered_to = ARRAY['store']"))
    db.session.commit()


def test_more_than_can_be_paid_one_by_one_is_paid_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "MAX_TAGS", 2)
    _owe("deal:1", "deal:2", "deal:3")

    assert replaying.missed(app, server_changed=False) == [EVERYTHING]


def test_what_another_server_was_told_is_told_to_this_one_too(app: Flask) -> None:
    _owe("deal:1")
    _forget_what_was_owed()
    _owe("deal:2")

    assert set(replaying.missed(app, server_changed=True)) == {"deal:1", "deal:2"}
    assert replaying.missed(app, server_changed=False) == ["deal:2"]


def test_entries_that_may_be_older_than_the_outbox_remembers_are_all_stale(make: Make) -> None:
    forgetful = make(cache_replay_window_s=299, cache_default_ttl_s=300)

    assert replaying.missed(forgetful, server_changed=True) == [EVERYTHING]


def test_a_longer_life_that_an_operator_ordered_a_moment_ago_counts(make: Make, settings: Settings) -> None:
    with transaction():
        changes.record("/categories", lambda _: Override(ttl_s=settings.cache_replay_window_s + 1), by="ops")

    assert replaying.missed(make(), server_changed=True) == [EVERYTHING]
