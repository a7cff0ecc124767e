"""Policies that are changed while the program runs: in force in every process, and written down."""

from collections.abc import Callable
from typing import Any, Final

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache.control import background, changes
from dealradar.rounds import Rounds
from tests.applications import Make
from tests.factories.deals import make_deal

As = Callable[[User], FlaskClient]
DEAL: Final = "/deals/<int:deal_id>"


@pytest.fixture
def another(make: Make, alice: User) -> Flask:
    """Return another process's application, which has a deal to show."""
    make_deal(alice)
    return make()


@pytest.fixture
def admin(as_: As, ada: User) -> FlaskClient:
    """Return an admin's client."""
    return as_(ada)


def patch(admin: Any, **wish: Any) -> Any:
    return admin.patch("/api/cache/policies", json={"endpoint": DEAL, **wish})


def follow(app: Flask) -> None:
    with app.app_context():
        background.follow_policies()


def cache_status(app: Flask, path: str = "/api/deals/1") -> str:
    return str(app.test_client().get(path).headers["Cache-Status"])


def shown(answer: Any, endpoint: str = DEAL) -> dict[str, Any]:
    return next(item for item in answer.json["items"] if item["endpoint"] == endpoint)


def age_entries(redis_url: str, *, by_s: int) -> None:
    """Make every entry look as if it had been stored earlier, by changing a digit of the head in place."""
    with redis.Redis.from_url(redis_url) as store:
        for key in store.scan_iter("dealradarus:v1:/*"):
            blob = store.get(key)
            assert isinstance(blob, bytes)
            before, stored_at, after = blob.partition(b'"stored_at_s":')
            moment, comma, rest = after.partition(b",")
            earlier = str(float(moment) - by_s).encode().ljust(len(moment), b"0")[: len(moment)]
            store.set(key, before + stored_at + earlier + comma + rest, keepttl=True)


def test_each_cached_endpoint_is_shown_as_it_is_declared(admin: FlaskClient) -> None:
    answer: Any = admin.get("/api/cache/policies")

    policy = shown(answer, "/reviews/deal/<int:deal_id>")
    assert answer.json["cache_enabled"] is True
    assert answer.json["changes"] == []
    assert policy == {
        "endpoint": "/reviews/deal/<int:deal_id>",
        "enabled": True,
        "ttl_s": 180,
        "declared_ttl_s": 180,
        "soft_ttl_s": 144.0,
        "sharing": "public",
        "tags": ["reviews@deal:{deal_id}"],
        "parameters": ["limit", "cursor", "sort", "rating"],
        "changed_by": None,
        "changed_at": None,
    }


def test_a_longer_life_holds_for_what_is_stored_once_the_process_knows(admin: FlaskClient, another: Flask) -> None:
    patch(admin, ttl_s=3_000)

    unknowing = cache_status(another)
    patch(admin, ttl_s=4_000)
    follow(another)
    knowing = cache_status(another)

    assert "; ttl=300;" in unknowing
    assert "; ttl=4000;" in knowing


def test_a_shorter_life_holds_for_what_was_stored_before_it(admin: FlaskClient, another: Flask, redis_url: str) -> None:
    patch(admin, ttl_s=60)
    cache_status(another)  # stored for 300 s, by a process that knows of nothing yet
    age_entries(redis_url, by_s=59)

    follow(another)
    within = cache_status(another)
    age_entries(redis_url, by_s=1)
    over = cache_status(another)

    assert within.startswith(("dealradar; hit; ttl=0;", "dealradar; hit; ttl=1;"))
    assert over.startswith("dealradar; fwd=stale; stored; ttl=60;")


def test_a_change_invalidates_what_is_cached_of_the_endpoint_and_spares_the_rest(
    admin: FlaskClient, another: Flask
) -> None:
    for path in ("/api/deals/1", "/api/reviews/deal/1"):
        cache_status(another, path)

    patch(admin, ttl_s=200)

    assert "fwd=stale" in cache_status(another)
    assert "hit" in cache_status(another, "/api/reviews/deal/1")


def test_an_endpoint_that_is_switched_off_leaves_the_store_alone(
    admin: FlaskClient, another: Flask, redis_url: str
) -> None:
    patch(admin, enabled=False)
    follow(another)

    answers = [another.test_client().get("/api/deals/1") for _ in range(2)]

    assert [answer.headers["X-Cache"] for answer in answers] == ["BYPASS", "BYPASS"]
    assert answers[0].headers["Cache-Status"] == 'dealradar; fwd=bypass; detail="switched-off"'
    assert answers[0].headers["Cache-Control"] == "private, no-cache"
    assert answers[0].status_code == 200
    with redis.Redis.from_url(redis_url) as store:
        assert list(store.scan_iter("dealradarus:v1:/deals/1:*")) == []


def test_switched_on_again_it_serves_nothing_from_before(admin: FlaskClient, another: Flask) -> None:
    cache_status(another)
    patch(admin, enabled=False)
    follow(another)

    patch(admin, enabled=True)
    follow(another)

    assert "fwd=stale; stored" in cache_status(another)
    assert "hit" in cache_status(another)


def test_null_goes_back_to_what_is_declared(admin: FlaskClient, another: Flask) -> None:
    patch(admin, ttl_s=60, enabled=False)

    kept, reset = patch(admin, ttl_s=None), patch(admin, enabled=None)
    follow(another)

    assert (shown(kept)["ttl_s"], shown(kept)["enabled"]) == (300, False)
    assert (shown(reset)["ttl_s"], shown(reset)["enabled"]) == (300, True)
    assert "ttl=300" in cache_status(another)


def test_each_change_is_written_down_with_who_and_what_was_before(admin: Any, ada: User) -> None:
    patch(admin, ttl_s=60)
    patch(admin, enabled=False)
    answer = patch(admin, enabled=False)  # which changes nothing

    told = [(line["changed_by"], line["before"], line["after"]) for line in answer.json["changes"]]
    declared, shorter, off = (
        {"ttl_s": ttl_s, "enabled": enabled} for ttl_s, enabled in ((None, True), (60, True), (60, False))
    )
    assert told == [(f"user:{ada.id}", shorter, off), (f"user:{ada.id}", declared, shorter)]
    assert shown(answer)["changed_by"] == f"user:{ada.id}"
    assert shown(answer)["changed_at"] == answer.json["changes"][0]["changed_at"]
    assert admin.get("/api/cache/policies").json == answer.json


@pytest.mark.parametrize(
    ("wish", "field", "told"),
    [
        ({}, "endpoint", "required"),
        ({"endpoint": "/deals"}, "", "ttl_s, enabled"),
        ({"endpoint": "/deals/1", "ttl_s": 60}, "endpoint", "/deals/<int:deal_id>"),
        ({"endpoint": "/deals", "ttl_s": 0}, "ttl_s", "greater than or equal to 1"),
        ({"endpoint": "/deals", "ttl_s": 86_401}, "ttl_s", "less than or equal to 86400"),
        ({"endpoint": "/deals", "ttl_s": "60"}, "ttl_s", "integer"),
        ({"endpoint": "/deals", "enabled": "no"}, "enabled", "boolean"),
        ({"endpoint": "/deals", "ttl": 60}, "ttl", "not permitted"),
    ],
    ids=str,
)
def test_what_can_not_be_meant_is_refused_by_name(admin: Any, wish: dict[str, Any], field: str, told: str) -> None:
    answer = admin.patch("/api/cache/policies", json=wish)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == [field]
    assert told in answer.json["errors"][0]["message"]


@pytest.mark.parametrize("ttl_s", [1, 86_400])
def test_the_shortest_and_the_longest_life_are_allowed(admin: Any, ttl_s: int) -> None:
    assert shown(patch(admin, ttl_s=ttl_s))["ttl_s"] == ttl_s


def test_of_two_who_change_the_same_version_one_is_refused(admin: Any) -> None:
    seen = admin.get("/api/cache/policies").headers["ETag"]

    statuses = [
        admin.patch("/api/cache/policies", json={"endpoint": DEAL, "ttl_s": ttl_s}, headers={"If-Match": seen})
        for ttl_s in (60, 70)
    ]

    assert [answer.status_code for answer in statuses] == [200, 412]


def test_while_the_database_is_away_the_last_that_was_heard_holds(
    admin: FlaskClient, another: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds(another, background.follow_policies, every_s=1)
    patch(admin, enabled=False)
    rounds.once()

    def refuse(**_: object) -> None:
        raise OperationalError("SELECT", {}, ConnectionError("nobody there"))

    with monkeypatch.context() as broken:
        broken.setattr(changes, "standing", refuse)
        rounds.once()
    during = cache_status(another)
    patch(admin, enabled=True)
    rounds.once()

    assert "switched-off" in during
    assert "stored" in cache_status(another)


def test_what_the_database_knows_of_endpoints_that_are_gone_harms_nobody(another: Flask) -> None:
    db.session.execute(
        text("INSERT INTO cache_policies (endpoint, is_enabled, changed_by) VALUES ('/gone', false, 'operator:x')")
    )
    db.session.commit()

    follow(another)

    assert "stored" in cache_status(another)


def test_a_cache_that_is_off_stays_off(admin: FlaskClient, make: Make, another: Flask) -> None:
    off = make(cache_enabled=False)
    patch(admin, ttl_s=60, enabled=True)

    follow(off)

    assert cache_status(off) == 'dealradar; fwd=bypass; detail="disabled"'
    assert "stored" in cache_status(another)
