"""That there is no such thing is kept for a moment, for everybody alike, and not after it has come to be."""

from collections.abc import Callable
from typing import Final

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from dealradar.domain import deals
from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache import policies
from dealradar.httpcache.addresses import address_of
from dealradar.httpcache.policies import Sharing
from dealradar.invalidation import transaction
from dealradar.web import caller
from tests.applications import Make
from tests.factories.deals import make_category, make_deal, make_merchant
from tests.factories.people import make_user
from tests.factories.reviews import make_comment, make_review

ALICE: Final = 1


def somebody_joins() -> None:
    make_user("alice")


def a_deal_is_posted() -> None:
    make_deal(make_user("alice"))


def a_review_is_published() -> None:
    alice = make_user("alice")
    make_review(make_deal(alice), alice)


def a_comment_is_made() -> None:
    alice = make_user("alice")
    make_comment(make_review(make_deal(alice), alice), alice)


def a_merchant_is_added() -> None:
    make_merchant("acme")


def a_category_is_added() -> None:
    make_category("acme")


COMES_TO_BE: Final[dict[str, Callable[[], None]]] = {
    "/merchants/{slug}": a_merchant_is_added,
    "/users/{user_id}": somebody_joins,
    "/deals/{deal_id}": a_deal_is_posted,
    "/deals/{deal_id}/prices": a_deal_is_posted,
    "/reviews/deal/{deal_id}": a_deal_is_posted,
    "/reviews/user/{user_id}": somebody_joins,
    "/reviews/{review_id}": a_review_is_published,
    "/comments/review/{review_id}": a_review_is_published,
    "/comments/deal/{deal_id}": a_deal_is_posted,
    "/comments/user/{user_id}": somebody_joins,
    "/comments/{comment_id}": a_comment_is_made,
    "/pages/deals/{deal_id}": a_deal_is_posted,
    "/pages/reviews/{review_id}": a_review_is_published,
    "/pages/users/{user_id}": somebody_joins,
    "/pages/feeds/categories/{slug}/new.atom": a_category_is_added,
    "/pages/sitemaps/{part}/deals.xml": a_deal_is_posted,
}
"""The first row of each table, whose id is 1, by the path that is about it."""
BELOW_A_DEAL: Final = [path for path in COMES_TO_BE if any(kind in path for kind in ("{deal", "{review", "{comment"))]


def url_of(template: str) -> str:
    return address_of(template).format(slug="acme", part=1, user_id=1, deal_id=1, review_id=1, comment_id=1)


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.headers["X-Cache"]


def set_status(deal_id: int, status: str) -> None:
    with transaction():
        db.session.execute(text("UPDATE deals SET status = :status WHERE id = :id"), {"status": status, "id": deal_id})


def test_these_are_the_policies_of_which_there_can_be_nothing() -> None:
    assert set(COMES_TO_BE) == {
        policy.path_template
        for policy in policies.POLICIES
        if policy.sharing is Sharing.PUBLIC and "{" in policy.path_template
    }


@pytest.mark.parametrize("template", COMES_TO_BE)
def test_what_was_not_there_shows_as_soon_as_it_is(client: FlaskClient, template: str) -> None:
    before = [client.get(url_of(template)) for _ in range(2)]

    COMES_TO_BE[template]()
    after = client.get(url_of(template))

    assert [told(answer) for answer in before] == [(404, "MISS"), (404, "HIT")]
    assert told(after) == (200, "MISS")


@pytest.mark.parametrize("template", BELOW_A_DEAL)
def test_what_was_hidden_shows_as_soon_as_it_is_seen_again(client: FlaskClient, template: str) -> None:
    a_comment_is_made()
    set_status(1, "hidden")
    hidden = [client.get(url_of(template)) for _ in range(2)]

    set_status(1, "active")
    after = client.get(url_of(template))

    assert [told(answer) for answer in hidden] == [(404, "MISS"), (404, "HIT")]
    assert told(after) == (200, "MISS")


def test_a_cached_404_is_as_a_fresh_one(client: FlaskClient, make: Make) -> None:
    fresh, cached = (client.get("/api/deals/77") for _ in range(2))
    uncached = make(cache_enabled=False).test_client().get("/api/deals/77")

    assert cached.data == fresh.data == uncached.data
    assert cached.get_json()["instance"] == "/api/deals/77"
    for answer in (fresh, cached, uncached):
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers
    assert cached.headers["X-Request-Id"] != fresh.headers["X-Request-Id"]


def test_a_404_says_how_long_it_is_kept(client: FlaskClient) -> None:
    answer = client.get("/api/deals/77")

    assert "; fwd=uri-miss; stored; ttl=10; " in answer.headers["Cache-Status"]


def test_conditions_do_not_apply_to_what_is_not_there(client: FlaskClient) -> None:
    client.get("/api/deals/77")

    assert client.get("/api/deals/77", headers={"If-None-Match": "*"}).status_code == 404


def test_it_is_kept_for_its_own_short_time(client: FlaskClient, redis_url: str) -> None:
    client.get("/api/deals/77")

    with redis.Redis.from_url(redis_url) as store:
        (key,) = store.scan_iter("dealradarus:v1:/*")
        assert 5_000 < store.pttl(key) <= 10_000


def test_switched_off_it_is_not_kept(make: Make, redis_url: str) -> None:
    client = make(cache_not_found_ttl_s=0).test_client()

    answers = [client.get("/api/deals/77") for _ in range(2)]

    assert [told(answer) for answer in answers] == [(404, "MISS")] * 2
    assert 'detail="not-found"' in answers[0].headers["Cache-Status"]
    assert kept(redis_url) == []


def test_a_personal_one_is_not_kept(as_: Callable[[User], FlaskClient], mona: User, redis_url: str) -> None:
    answers = [as_(mona).get("/api/reports/77") for _ in range(2)]

    assert [told(answer) for answer in answers] == [(404, "MISS")] * 2
    assert kept(redis_url) == []


@pytest.mark.leaking
def test_one_that_looked_at_the_caller_is_not_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    get = deals.get

    def get_for_the_caller(deal_id: int) -> object:
        caller.current()
        return get(deal_id)

    monkeypatch.setattr(deals, "get", get_for_the_caller)

    answer = client.get("/api/deals/77")

    assert told(answer) == (404, "MISS")
    assert 'detail="identity-read"' in answer.headers["Cache-Status"]
    assert kept(redis_url) == []


@pytest.mark.parametrize("path", ["/api/deals/1000000000000000000", "/api/deals/0", "/api/deals/x", "/api/nothing"])
def test_what_no_route_leads_to_is_not_kept(client: FlaskClient, redis_url: str, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "X-Cache" not in answer.headers
    assert kept(redis_url) == []


def kept(redis_url: str) -> list[bytes]:
    with redis.Redis.from_url(redis_url) as store:
        return list(store.scan_iter("dealradarus:v1:/*"))


def test_what_is_hidden_is_a_404_at_once(client: FlaskClient, deal: Deal, review: Review) -> None:
    path = f"/api/reviews/{review.id}"
    client.get(path)

    set_status(deal.id, "hidden")

    assert [told(client.get(path)) for _ in range(2)] == [(404, "MISS"), (404, "HIT")]
