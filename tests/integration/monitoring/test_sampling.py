"""How much was stale is known for all workers together, and for as long as a day."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.httpcache.samples import Verdict
from dealradar.invalidation import transaction
from dealradar.monitoring.sampling import StaleRatio, note, stale_ratio

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("app")


def _note(*verdicts: Verdict, ago_s: float = 0.0) -> int:
    with transaction():
        return note(verdicts, now=NOW - timedelta(seconds=ago_s))


def _ratio(span_s: int) -> StaleRatio:
    found = stale_ratio(span_s, NOW)
    db.session.rollback()
    return found


def test_without_samples_there_is_no_ratio() -> None:
    assert _ratio(3_600) == StaleRatio(0, 0)
    assert _ratio(3_600).ratio is None


def test_what_several_workers_noted_in_one_minute_is_summed() -> None:
    _note(Verdict.FRESH, Verdict.FRESH, Verdict.FRESH)
    _note(Verdict.STALE)

    assert _ratio(60) == StaleRatio(4, 1)
    assert _ratio(60).ratio == 0.25


def test_only_what_could_be_judged_is_a_sample() -> None:
    noted = _note(Verdict.FRESH, Verdict.OWED, Verdict.MOVED, Verdict.ABSENT)

    assert noted == 1
    assert _ratio(60) == StaleRatio(1, 0)


def test_what_is_older_than_the_span_doesnt_count() -> None:
    _note(Verdict.STALE, ago_s=600)
    _note(Verdict.FRESH, ago_s=120)

    assert _ratio(300) == StaleRatio(1, 0)
    assert _ratio(3_600) == StaleRatio(2, 1)


def test_a_day_is_kept_and_no_more() -> None:
    for ago_s in (86_400 + 300, 86_400 - 300):
        _note(Verdict.FRESH, ago_s=ago_s)

    _note(Verdict.FRESH)

    assert db.session.scalar(text("SELECT count(*) FROM cache_samples")) == 2


def test_a_ratio_is_the_same_for_whoever_asks(app: Flask) -> None:
    _note(Verdict.STALE)

    with app.app_context():
        assert stale_ratio(60, NOW) == StaleRatio(1, 1)
