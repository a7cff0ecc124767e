"""While the database is away, what is outdated may stand in for a while if wanted; never what was taken down."""

import time
from collections.abc import Callable
from typing import Final

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from dealradar.cache.keys import hard_key
from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.extensions import db
from dealradar.httpcache import stores
from tests.applications import Make
from tests.integration.httpcache.recomputing import until

STALE_IF_ERROR_S: Final = 600
KEEPING: Final = {"cache_stale_if_error_s": STALE_IF_ERROR_S, "cache_timeout_ms": 2_000}
NO_DATABASE: Final = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"

Later = Callable[[float], None]


@pytest.fixture
def up(make: Make) -> FlaskClient:
    """Return a client of a site that keeps what is outdated, whose database is there."""
    return make(**KEEPING).test_client()


@pytest.fixture
def down(make: Make) -> FlaskClient:
    """Return a client of a process of that site, whose database goes away once it has come to know the store."""
    app = make(**KEEPING)
    client = app.test_client()
    until(lambda: client.get("/api/categories").headers["X-Cache"] != "BYPASS")
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", be_away)
    return client


def be_away(*_: object) -> None:
    raise OperationalError("SELECT", {}, ConnectionError("the server closed the connection"))


@pytest.fixture
def path(review: Review) -> str:
    """Return the path of a public answer."""
    return f"/api/reviews/{review.id}"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Return what lets so many seconds pass for us, though not for Redis."""

    def let_pass(seconds: float) -> None:
        now_s = time.time
        monkeypatch.setattr("dealradar.cache.redis_store.time.time", lambda: now_s() + seconds)

    return let_pass


def invalidate(client: FlaskClient, *tags: str) -> None:
    with client.application.app_context():
        stores.current().bump(tags)


def test_what_was_invalidated_stands_in(up: FlaskClient, down: FlaskClient, path: str, review: Review) -> None:
    before = up.get(path)
    invalidate(up, f"review:{review.id}")

    answer = down.get(path)

    assert (answer.status_code, answer.headers["X-Cache"]) == (200, "STALE")
    assert (answer.data, answer.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert answer.headers["Cache-Status"].startswith("dealradar; fwd=stale; ttl=-")
    assert 'detail="database-unavailable"' in answer.headers["Cache-Status"]


def test_what_has_expired_stands_in_and_tells_its_age(
    up: FlaskClient, down: FlaskClient, path: str, later: Later
) -> None:
    up.get(path)
    later(180 + 100)

    answer = down.get(path)

    assert answer.headers["X-Cache"] == "STALE"
    assert 280 <= int(answer.headers["Age"]) < 300
    assert "; fwd=stale; ttl=-1" in answer.headers["Cache-Status"]


def test_with_the_database_there_nothing_outdated_is_served(up: FlaskClient, path: str, review: Review) -> None:
    up.get(path)
    invalidate(up, f"review:{review.id}")

    assert up.get(path).headers["X-Cache"] == "MISS"


def test_what_is_valid_is_a_hit_as_ever(up: FlaskClient, down: FlaskClient, path: str) -> None:
    up.get(path)

    assert down.get(path).headers["X-Cache"] == "HIT"


def test_it_is_off_unless_it_is_wanted(make: Make, up: FlaskClient, path: str, review: Review) -> None:
    up.get(path)
    invalidate(up, f"review:{review.id}")

    answer = make(database_url=NO_DATABASE, cache_timeout_ms=2_000).test_client().get(path)

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


@pytest.mark.parametrize(
    ("is_invalidated", "age_s"), [(True, STALE_IF_ERROR_S + 1), (False, 180 + STALE_IF_ERROR_S + 1)]
)
def test_what_is_too_old_does_not_stand_in(
    up: FlaskClient, down: FlaskClient, path: str, later: Later, *, is_invalidated: bool, age_s: int
) -> None:
    up.get(path)
    if is_invalidated:
        invalidate(up, "path:/reviews")
    later(age_s)

    assert down.get(path).status_code == 503


@pytest.mark.parametrize("tag", ["review:{id}", "path:/reviews/{id}", "path:/"])
def test_what_was_taken_down_never_comes_back(
    up: FlaskClient, down: FlaskClient, path: str, review: Review, redis_url: str, tag: str
) -> None:
    up.get(path)
    taken_down = tag.format(id=review.id)
    invalidate(up, taken_down)
    with redis.Redis.from_url(redis_url) as store:
        store.set(hard_key(taken_down), f"{time.time():.6f}", ex=60)

    assert down.get(path).status_code == 503


def test_what_was_computed_after_a_takedown_stands_in(
    up: FlaskClient, down: FlaskClient, path: str, review: Review, redis_url: str
) -> None:
    with redis.Redis.from_url(redis_url) as store:
        store.set(hard_key(f"review:{review.id}"), f"{time.time() - 60:.6f}", ex=60)
    up.get(path)
    invalidate(up, f"review:{review.id}")

    assert down.get(path).headers["X-Cache"] == "STALE"


def test_a_mark_that_says_nothing_forbids_it_too(
    up: FlaskClient, down: FlaskClient, path: str, review: Review, redis_url: str
) -> None:
    up.get(path)
    invalidate(up, f"review:{review.id}")
    with redis.Redis.from_url(redis_url) as store:
        store.set(hard_key(f"review:{review.id}"), "some day", ex=60)

    assert down.get(path).status_code == 503


def test_that_there_was_nothing_is_no_answer(up: FlaskClient, down: FlaskClient, deal: Deal) -> None:
    absent = f"/api/deals/{deal.id + 1}"
    assert up.get(absent).status_code == 404
    invalidate(up, f"deal:{deal.id + 1}")

    assert down.get(absent).status_code == 503


def test_an_entry_is_kept_for_as_long_as_it_may_stand_in(up: FlaskClient, path: str, redis_url: str) -> None:
    up.get(path)

    with redis.Redis.from_url(redis_url) as store:
        (key,) = store.scan_iter("dealradarus:v1:/reviews/*")
        assert STALE_IF_ERROR_S < store.ttl(key) <= 180 + STALE_IF_ERROR_S
