"""Switched off, cut off or slow, the cache changes no answer."""

from pathlib import Path

import pytest
import redis
from flask import Flask

from dealradar.domain.deals.models import Deal
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
