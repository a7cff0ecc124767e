"""An entry past its soft age is served at once, and computed anew beside the requests: once, and for everybody."""

import time
from collections.abc import Iterator

import pytest
import redis
from flask import Flask
from prometheus_client import REGISTRY

from dealradar.cache import Entry, Hit
from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.httpcache import policies
from dealradar.httpcache.addresses import address_of
from dealradar.httpcache.origins import Origin
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.serving import Source, XCache, serve
from dealradar.web import answer, site
from dealradar.web.api import FAMILIES
from dealradar.web.endpoint import Endpoint
from tests.factories.deals import make_category, make_merchant
from tests.factories.reviews import make_comment
from tests.integration.httpcache.recomputing import View, plan, process, until

PUBLIC = sorted(policy.endpoint for policy in policies.POLICIES if policy.sharing is Sharing.PUBLIC)


@pytest.fixture
def here(redis_url: str) -> Iterator[Origin]:
    """Return a process whose store has an entry just past its soft age."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    with process(redis_url) as here:
        store_aged(here)
        yield here


@pytest.fixture
def there(redis_url: str) -> Iterator[Origin]:
    """Return another process."""
    with process(redis_url) as there:
        yield there


def store_aged(origin: Origin, *, age_s: float = 51) -> None:
    versions = origin.store.versions(plan().tags)
    assert versions is not None
    aged = Entry(200, "application/json", b"old", versions, time.time() - age_s, ttl_s=100, soft_ttl_s=50)
    origin.store.put(plan().key, aged)


def body_in(origin: Origin) -> bytes | None:
    found = origin.store.lookup(plan().key, plan().tags)
    return found.entry.body if isinstance(found, Hit) else None


def ended(outcome: str) -> float:
    labels = {"due": "soft", "outcome": outcome}
    return REGISTRY.get_sample_value("dealradar_cache_refreshes_total", labels) or 0.0


def endpoint_of(rule: str) -> Endpoint:
    every = [one for family in (*FAMILIES, *site.FAMILIES) for one in family.endpoints]
    return next(one for one in every if (one.method, one.rule) == ("GET", rule))


def test_it_is_served_at_once_and_refreshed_once_however_many_ask(here: Origin, there: Origin) -> None:
    view = View()
    view.hold()

    answers = [serve(origin, plan(), Source(view, detached=view)) for origin in (here, there) for _ in range(10)]
    view.may_return.set()
    until(lambda: body_in(here) == b"fresh")

    assert {(served.body, served.x_cache) for served in answers} == {(b"old", XCache.HIT)}
    assert view.calls == 1


def test_before_its_soft_age_it_is_left_alone(here: Origin) -> None:
    store_aged(here, age_s=49)
    view = View()

    served = serve(here, plan(), Source(view, detached=view))

    assert served.x_cache is XCache.HIT
    assert not view.called.wait(0.05)


def test_what_depends_on_who_asks_is_not_refreshed(here: Origin) -> None:
    view = View()

    served = serve(here, plan(), Source(view))

    assert served.x_cache is XCache.HIT
    assert not view.called.wait(0.05)


def test_a_write_during_the_refresh_makes_what_it_stores_a_miss(here: Origin, there: Origin) -> None:
    view = View(b"before the write")
    view.hold()
    done = ended("done")
    serve(here, plan(), Source(view, detached=view))
    view.called.wait()

    there.store.bump(["deal:123"])
    view.may_return.set()
    until(lambda: ended("done") > done)

    assert body_in(here) is None


def test_one_that_fails_is_counted_rests_and_leaves_the_entry(here: Origin) -> None:
    failing = View(error=LookupError("gone"))
    failed = ended("failed")

    serve(here, plan(), Source(failing, detached=failing))
    until(lambda: ended("failed") > failed)
    again = serve(here, plan(), Source(failing, detached=failing))

    assert (again.body, again.x_cache, failing.calls) == (b"old", XCache.HIT, 1)


@pytest.mark.parametrize("rule", PUBLIC)
def test_a_public_answer_is_the_same_without_a_request(
    app: Flask, alice: User, deal: Deal, review: Review, rule: str
) -> None:
    endpoint = endpoint_of(rule)
    ids = {
        "deal_id": deal.id,
        "review_id": review.id,
        "user_id": deal.author_id,
        "comment_id": make_comment(review, alice).id,
        "slug": make_merchant(make_category("acme").slug).slug,
        "part": 1,
    }
    template = address_of(policies.find(rule).path_template)  # type: ignore[union-attr]  # PUBLIC is made of them
    path = template.format(**ids)
    asked = {name: value for name, value in ids.items() if f"{{{name}}}" in template}
    arguments = asked | ({"query": endpoint.contract.query()} if endpoint.contract.query else {})

    with app.app_context():
        detached = answer.compute_detached(endpoint, arguments, path=path)

    asked_for = app.test_client().get(path)
    assert (asked_for.status_code, asked_for.data) == (200, detached.body)


def test_over_http_an_aged_answer_is_refreshed_beside_the_request(
    app: Flask, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    client = app.test_client()
    client.get(path)
    done = ended("done")
    monkeypatch.setattr("dealradar.cache.redis_store.time.time", lambda now_s=time.time: now_s() + 150)

    aged = client.get(path)
    until(lambda: ended("done") > done)

    assert aged.headers["X-Cache"] == "HIT"
