"""Switched off, cut off or slow, the cache changes no answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import sweep
from tests.applications import Make
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey


@pytest.mark.usefixtures("review")
def test_without_the_cache_every_body_is_the_same_and_no_store_is_touched(
    app: Flask, make: Make, deal: Deal, redis_url: str
) -> None:
    paths = (f"/api/reviews/deal/{deal.id}", f"/api/deals/{deal.id}", "/api/deals", "/api/categories", "/api/users/1")
    cached = [app.test_client().get(path).data for path in paths]
    nowhere = make(cache_enabled=False).test_client()
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()

    plain = [nowhere.get(path) for path in paths]

    assert [answer.data for answer in plain] == cached
    assert {answer.headers["X-Cache"] for answer in plain} == {"BYPASS"}
    with redis.Redis.from_url(redis_url) as store:
        assert store.dbsize() == 0


def test_without_http_caching_nobody_is_to_keep_an_answer(make: Make, deal: Deal) -> None:
    client = make(http_cache_enabled=False).test_client()

    assert client.get(f"/api/deals/{deal.id}").headers["Cache-Control"] == "private, no-store"


def test_without_entity_tags_none_is_sent_and_none_compared(make: Make, app: Flask, deal: Deal) -> None:
    etag = app.test_client().get(f"/api/deals/{deal.id}").headers["ETag"]
    client = make(http_etag_enabled=False).test_client()

    answer = client.get(f"/api/deals/{deal.id}", headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_a_killed_store_costs_hits_and_nothing_else(make: Make, deal: Deal, tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    client = make(redis_url=valkey.url).test_client()
    client.get(f"/api/deals/{deal.id}")

    valkey.kill()
    during = [client.get(f"/api/deals/{deal.id}") for _ in range(5)]

    assert {answer.status_code for answer in during} == {200}
    assert {answer.headers["X-Cache"] for answer in during} == {"BYPASS"}


def test_a_hung_store_costs_hits_and_nothing_else(make: Make, deal: Deal, redis_url: str) -> None:
    with Proxy(redis_url).running() as proxy:
        client = make(redis_url=proxy.url).test_client()
        client.get(f"/api/deals/{deal.id}")

        proxy.hold()
        during = [client.get(f"/api/deals/{deal.id}") for _ in range(5)]

    assert {answer.status_code for answer in during} == {200}
    assert {answer.headers["X-Cache"] for answer in during} == {"BYPASS"}


@pytest.mark.parametrize("sweeping", ["nobody", "a worker that caches", "a worker that doesn't"])
def test_what_was_written_while_the_cache_was_off_shows_when_it_is_on_again(
    app: Flask, make: Make, deal: Deal, as_: Callable[[User], Any], alice: User, sweeping: str
) -> None:
    path, change = f"/api/deals/{deal.id}", {"price_cents": deal.price_cents + 1}
    app.test_client().get(path)
    off = make(cache_enabled=False)
    writer = off.test_client()
    writer.environ_base["HTTP_AUTHORIZATION"] = as_(alice).environ_base["HTTP_AUTHORIZATION"]
    assert writer.patch(path, json=change).status_code == 200
    db.session.execute(text("UPDATE cache_outbox SET created_at = created_at - interval '1 minute'"))
    db.session.commit()

    for worker in {"nobody": (), "a worker that caches": (app,), "a worker that doesn't": (off,)}[sweeping]:
        with worker.app_context():
            sweep()
    answer = make().test_client().get(path)

    assert (answer.headers["X-Cache"], answer.get_json()["price_cents"]) == ("MISS", change["price_cents"])
