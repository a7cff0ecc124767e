"""The control plane: what operators invalidate is gone for the next request anywhere, and nothing else is."""

from collections.abc import Callable
from itertools import count
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.cache import entry_key
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import control
from tests.applications import Make
from tests.factories.deals import make_deal
from tests.factories.entries import entry
from tests.factories.reviews import make_comment, make_review

As = Callable[[User], FlaskClient]
Get = Callable[..., str]
PATHS: Final = ("/deals", "/deals/1", "/reviews/deal/1", "/reviews/deal/2", "/reviews/1", "/comments/review/1")


@pytest.fixture
def _community(app: Flask, alice: User) -> None:  # noqa: ARG001  its context
    """Have two deals, each with a review and a comment."""
    for _ in range(2):
        make_comment(make_review(make_deal(alice), alice), alice)


@pytest.fixture
def another(make: Make) -> Flask:
    """Return another process's application, on the same servers."""
    return make()


@pytest.fixture
def x_cache(another: Flask) -> Get:
    """Return what tells how another process answers a path: HIT, MISS or BYPASS."""
    client = another.test_client()
    return lambda path: str(client.get(f"/api{path}").headers["X-Cache"])


@pytest.fixture
def admin(_community: None, as_: As, ada: User) -> FlaskClient:
    """Return an admin's client."""
    return as_(ada)


def missed_after(admin: Any, x_cache: Get, wish: dict[str, Any]) -> set[str]:
    for path in PATHS:
        x_cache(path)
    assert {x_cache(path) for path in PATHS} == {"HIT"}

    answer = admin.post("/api/cache/invalidate", json=wish)

    assert answer.status_code == 202, answer.text
    return {path for path in PATHS if x_cache(path) == "MISS"}


@pytest.mark.parametrize(
    ("wish", "missed"),
    [
        ({"tags": ["reviews@deal:1"]}, {"/reviews/deal/1"}),
        ({"paths": ["/reviews/deal/1"]}, {"/reviews/deal/1"}),
        ({"paths": ["/deals/1"], "tags": ["review:1"]}, {"/deals/1", "/reviews/1"}),
        ({"patterns": ["/reviews/*"]}, {"/reviews/deal/1", "/reviews/deal/2", "/reviews/1"}),
        ({"patterns": ["/reviews/deal/1:*"]}, {"/reviews/deal/1"}),
        ({"patterns": ["/reviews/de*"]}, {"/reviews/deal/1", "/reviews/deal/2"}),
        ({"patterns": ["/c*"]}, {"/comments/review/1"}),
        ({"all": True}, set(PATHS)),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_is_named_is_gone_for_the_next_request_elsewhere_and_the_rest_is_spared(
    admin: Any, x_cache: Get, wish: dict[str, Any], missed: set[str]
) -> None:
    assert missed_after(admin, x_cache, wish) == missed


def test_a_glob_inside_a_name_is_never_too_little(admin: Any, x_cache: Get) -> None:
    missed = missed_after(admin, x_cache, {"patterns": ["/reviews/deal/1*"]})

    assert {"/reviews/deal/1"} <= missed <= {"/reviews/deal/1", "/reviews/deal/2"}


def test_all_variants_of_a_path_go(admin: Any, x_cache: Get) -> None:
    variants = ("/reviews/deal/1", "/reviews/deal/1?sort=oldest", "/reviews/deal/1?limit=3")
    for path in variants:
        x_cache(path)

    admin.post("/api/cache/invalidate", json={"paths": ["/reviews/deal/1"]})

    assert [x_cache(path) for path in variants] == ["MISS"] * 3


def test_the_job_says_what_it_removed(admin: Any, x_cache: Get) -> None:
    for path in PATHS:
        x_cache(path)
    accepted = admin.post("/api/cache/invalidate", json={"patterns": ["/reviews/*:*", "/deals:*"]}).json
    before = admin.get(f"/api/cache/jobs/{accepted['job_id']}").json

    control.work()

    after = admin.get(f"/api/cache/jobs/{accepted['job_id']}").json
    assert (before["state"], before["removed"]) == ("queued", 0)
    assert (after["state"], after["removed"]) == ("done", 4)
    assert after["finished_at"] >= after["created_at"]
    assert accepted["tags"] == after["tags"] == ["path:/reviews", "path:/deals"]
    assert after["asked_by"].startswith("user:")


def test_the_job_removes_entries_alone_and_only_those_that_match(admin: Any, x_cache: Get) -> None:
    for path in PATHS:
        x_cache(path)
    admin.post("/api/cache/invalidate", json={"patterns": ["*/1:*"]})

    control.work()

    assert {key.split(":")[2] for key in stores.scan("*").keys} == {"/deals", "/reviews/deal/2"}


def test_what_needs_no_search_is_done_at_once(admin: Any) -> None:
    accepted = admin.post("/api/cache/invalidate", json={"tags": ["deal:1"]}).json

    assert accepted["patterns"] == []
    assert admin.get(f"/api/cache/jobs/{accepted['job_id']}").json["state"] == "done"


def test_a_job_that_was_put_back_goes_on_where_it_was(admin: Any) -> None:
    tags = [f"deal:{number}" for number in range(3)]
    for number in range(500):
        path = f"/reviews/deal/{number + 1}"
        _store(path, tags)
    accepted = admin.post("/api/cache/invalidate", json={"patterns": ["/reviews/*"]}).json
    ticks = count(step=10)

    rounds = 0
    while admin.get(f"/api/cache/jobs/{accepted['job_id']}").json["state"] != "done":
        control.work(clock_s=lambda: next(ticks), pause=lambda _: None)
        rounds += 1

    assert rounds > 1
    assert admin.get(f"/api/cache/jobs/{accepted['job_id']}").json["removed"] == 500


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, ""),
        ({"all": False}, "all"),
        ({"tags": ["a b"]}, "tags.0"),
        ({"tags": ["*"]}, "tags.0"),
        ({"paths": ["/reviews"]}, "paths.0"),
        ({"paths": ["/api/deals/1"]}, "paths.0"),
        ({"paths": ["deals/1"]}, "paths.0"),
        ({"patterns": ["/reviews/deal/1"]}, "patterns.0"),
        ({"patterns": ["/nothing/*"]}, "patterns.0"),
        ({"patterns": ["/reviews/[1*"]}, "patterns.0"),
        ({"patterns": ["/*a*b*c*d*"]}, "patterns.0"),
        ({"patterns": ["/reviews/\\*"]}, "patterns.0"),
        ({"patterns": ["dealradarus:v1:/reviews/*"]}, "patterns.0"),
        ({"keys": ["x"]}, "keys"),
    ],
    ids=str,
)
def test_what_can_not_be_meant_is_refused_by_name(admin: Any, wish: dict[str, Any], field: str) -> None:
    answer = admin.post("/api/cache/invalidate", json=wish)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == [field]


def test_a_job_nobody_knows_is_not_found(admin: Any) -> None:
    assert admin.get("/api/cache/jobs/9").status_code == 404


def test_with_the_store_away_nothing_is_claimed_and_it_stays_owed(make: Make, as_: As, ada: User) -> None:
    cut_off = make(redis_url="redis://127.0.0.1:1/0")
    client = cut_off.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = as_(ada).environ_base["HTTP_AUTHORIZATION"]

    answer = client.post("/api/cache/invalidate", json={"tags": ["deal:77"]})

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert db.session.scalar(text("SELECT count(*) FROM cache_outbox WHERE tag = 'deal:77'")) == 1
    assert client.get("/api/cache/entries?path=/deals/1").status_code == 503
    with cut_off.app_context():
        db.engine.dispose()


def test_entries_are_shown_with_what_they_depend_on(admin: Any, x_cache: Get) -> None:
    x_cache("/reviews/deal/1")
    x_cache("/reviews/deal/1?sort=oldest")
    x_cache("/reviews/deal/2")

    page = admin.get("/api/cache/entries?path=/reviews/deal/1").json

    assert page["next_cursor"] is None
    assert len(page["items"]) == 2
    for one in page["items"]:
        assert one["key"].startswith("dealradarus:v1:/reviews/deal/1:")
        assert {"reviews@deal:1", "path:/reviews/deal/1"} <= set(one["tags"])
        assert 0 <= one["age_s"] < 10
        assert 0 < one["ttl_s"] <= 180
        assert one["body_bytes"] > 0


def test_what_is_invalidated_is_no_entry_any_more(admin: Any, x_cache: Get) -> None:
    x_cache("/reviews/deal/1")
    admin.post("/api/cache/invalidate", json={"tags": ["reviews@deal:1"]})

    assert admin.get("/api/cache/entries?path=/reviews/deal/1").json["items"] == []


@pytest.mark.parametrize(
    ("query", "status"), [("", 422), ("path=/nothing", 422), ("path=/deals/1&cursor=x", 400), ("path=/deals/*", 422)]
)
def test_entries_of_what_is_no_path_are_refused(admin: Any, query: str, status: int) -> None:
    assert admin.get(f"/api/cache/entries?{query}").status_code == status


def test_what_was_warmed_is_a_hit_for_the_first_who_asks(admin: Any, x_cache: Get) -> None:
    paths = ["/reviews/deal/1", "/reviews/deal/1?sort=oldest", "/deals/999"]
    queued = admin.post("/api/cache/warm", json={"paths": paths})

    control.work()

    job = admin.get(f"/api/cache/jobs/{queued.json['job_id']}").json
    assert queued.status_code == 202
    assert (job["state"], job["warmed"], job["failed"]) == ("done", 2, 1)
    assert "/deals/999" in job["error"]
    assert [x_cache(path) for path in paths[:2]] == ["HIT", "HIT"]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"paths": []},
        {"paths": ["/reports"]},
        {"paths": ["/auth/me"]},
        {"paths": ["/deals"], "top": 5},
        {"top": 0},
        {"top": 1_001},
    ],
    ids=str,
)
def test_only_what_is_the_same_for_everybody_can_be_warmed(admin: Any, wish: dict[str, Any]) -> None:
    assert admin.post("/api/cache/warm", json=wish).status_code == 422


def _store(path: str, tags: list[str]) -> None:
    store = stores.current()
    versions = store.versions(tags)
    assert versions is not None
    store.put(entry_key(path, {}), entry(versions=versions))
