"""What is asked for is counted: the hits of each entry, and which paths are worth warming."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from dealradar.cache import StoreUnavailableError
from dealradar.domain.users.models import User
from dealradar.httpcache import demand, stores
from dealradar.httpcache.control import background, warming
from dealradar.invalidation import bookkeeping, control
from tests.applications import Make
from tests.factories.deals import make_deal

As = Callable[[User], FlaskClient]


@pytest.fixture
def site(make: Make, alice: User) -> Flask:
    """Return a process's application, which has counted nothing yet, and has two deals to show."""
    for _ in range(2):
        make_deal(alice)
    stores.await_first_recovery()  # what it made up for later would invalidate what is counted meanwhile
    return make()


@pytest.fixture
def admin(as_: As, ada: User) -> Any:
    """Return an admin's client."""
    return as_(ada)


def ask(site: Flask, *paths: str) -> None:
    for path in paths:
        assert site.test_client().get(f"/api{path}").status_code == 200


def tell(site: Flask) -> None:
    with site.app_context():
        background.tell_demand()


def hits_of(admin: Any, path: str) -> list[int]:
    return sorted(item["hits"] for item in admin.get(f"/api/cache/entries?path={path}").json["items"])


def test_each_variant_shows_its_hits_of_all_processes(admin: Any, site: Flask, make: Make) -> None:
    another = make()
    ask(site, "/deals/1", "/deals/1", "/deals/1", "/reviews/deal/1?sort=oldest", "/reviews/deal/1")
    ask(another, "/deals/1", "/reviews/deal/1", "/reviews/deal/1")

    tell(site)
    tell(another)

    assert hits_of(admin, "/deals/1") == [3]
    assert hits_of(admin, "/reviews/deal/1") == [0, 2]


def test_what_was_told_is_not_told_again(admin: Any, site: Flask) -> None:
    ask(site, "/deals/1", "/deals/1")
    tell(site)

    tell(site)
    ask(site, "/deals/1")
    tell(site)

    assert hits_of(admin, "/deals/1") == [2]


def test_a_hit_asks_the_store_nothing_more(admin: Any, site: Flask, redis_url: str) -> None:
    ask(site, "/deals/1")
    with redis.Redis.from_url(redis_url) as store:
        before = set(store.scan_iter("dealradarus:v1:*"))

        ask(site, "/deals/1")

        assert set(store.scan_iter("dealradarus:v1:*")) == before
    assert hits_of(admin, "/deals/1") == [0]


def test_what_is_asked_for_most_is_warmed_with_its_parameters(admin: Any, site: Flask) -> None:
    ask(site, "/deals/2", *["/deals?sort=new&utm_source=x"] * 3, *["/deals/1?limit=7"] * 2)
    tell(site)
    admin.post("/api/cache/invalidate", json={"all": True})

    queued = admin.post("/api/cache/warm", json={"top": 2})
    control.work()

    job = admin.get(f"/api/cache/jobs/{queued.json['job_id']}").json
    assert queued.status_code == 202
    assert (job["paths"], job["warmed"]) == (["/deals?sort=new", "/deals/1"], 2)
    told = {
        path: site.test_client().get(f"/api{path}").headers["X-Cache"]
        for path in ("/deals?sort=new", "/deals/1", "/deals/2")
    }
    assert told == {"/deals?sort=new": "HIT", "/deals/1": "HIT", "/deals/2": "MISS"}


def test_what_was_in_demand_is_warmed_after_a_flush_of_the_store_as_well(
    admin: Any, site: Flask, redis_url: str
) -> None:
    ask(site, *["/deals?sort=new"] * 3, "/deals/1")
    tell(site)
    with bookkeeping():
        assert warming.learn() == 2
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()
    ask(site, "/deals/1", "/deals/1")
    tell(site)

    queued = admin.post("/api/cache/warm", json={"top": 2})

    assert admin.get(f"/api/cache/jobs/{queued.json['job_id']}").json["paths"] == ["/deals?sort=new", "/deals/1"]


def test_what_only_one_person_may_see_is_in_nobody_s_demand(site: Flask, mona: User, as_: As) -> None:
    moderator = site.test_client()
    moderator.environ_base["HTTP_AUTHORIZATION"] = as_(mona).environ_base["HTTP_AUTHORIZATION"]
    for path in ("/api/reports", "/api/reports?status=open"):
        moderator.get(path)

    with site.app_context():
        assert not demand.current().take().asked


def test_warming_is_no_demand(app: Flask, site: Flask, admin: Any) -> None:
    with app.app_context():
        demand.current().take()
    for _ in range(2):
        admin.post("/api/cache/warm", json={"paths": ["/deals/1"]})

    control.work()

    with app.app_context():
        counts = demand.current().take()
    assert (counts.hits, counts.asked) == ({}, {})
    ask(site, "/deals/1")


def test_with_nothing_known_there_is_nothing_to_do(admin: Any) -> None:
    queued = admin.post("/api/cache/warm", json={"top": 10})

    assert admin.get(f"/api/cache/jobs/{queued.json['job_id']}").json["state"] == "done"


def test_what_the_store_makes_up_is_not_warmed(admin: Any, site: Flask, redis_url: str) -> None:
    ask(site, "/deals/1")
    tell(site)
    with redis.Redis.from_url(redis_url) as store:
        (slot,) = store.scan_iter("dealradarus:v1:demand:*")
        store.zadd(slot, {"/reports": 9, "/auth/me": 9, "\xff": 9, "//": 9})

    queued = admin.post("/api/cache/warm", json={"top": 10})

    assert admin.get(f"/api/cache/jobs/{queued.json['job_id']}").json["paths"] == ["/deals/1"]


def test_with_the_store_away_counts_are_lost_and_nothing_else(make: Make, as_: As, ada: User, alice: User) -> None:
    make_deal(alice)
    cut_off = make(redis_url="redis://127.0.0.1:1/0")
    client: Any = cut_off.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = as_(ada).environ_base["HTTP_AUTHORIZATION"]
    ask(cut_off, "/deals/1")

    with pytest.raises(StoreUnavailableError):
        tell(cut_off)

    tell(cut_off)  # for there is nothing left to tell
    with cut_off.app_context():
        assert warming.learn() == 0
    assert client.post("/api/cache/warm", json={"top": 1}).status_code == 503


def test_a_cache_that_is_off_is_told_nothing(make: Make, alice: User, redis_url: str) -> None:
    make_deal(alice)
    off = make(cache_enabled=False)
    ask(off, "/deals/1")
    with redis.Redis.from_url(redis_url) as store:
        before = store.dbsize()

        tell(off)

        assert store.dbsize() == before
    with off.app_context():
        assert stores.most_asked(10) == {}
