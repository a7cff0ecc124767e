"""What clients see of the cache: hits and misses, fresh after each write, and never somebody else's."""

from collections.abc import Callable

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain import reviews
from dealradar.domain.deals.models import Deal
from dealradar.domain.errors import ConflictError
from dealradar.domain.reviews import ReviewDraft
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction
from tests.factories.people import token_for
from tests.factories.reports import make_report

As = Callable[[User], FlaskClient]


def of_deal(deal: Deal) -> str:
    return f"/api/reviews/deal/{deal.id}"


def publish_twice(deal: Deal, by: Actor) -> None:
    with transaction():
        for _ in range(2):
            reviews.publish(ReviewDraft(deal_id=deal.id, rating=1, body="Once too often."), by=by)


def test_the_second_answer_is_a_hit_with_the_same_body(client: FlaskClient, deal: Deal, review: Review) -> None:
    first = client.get(of_deal(deal))
    second = client.get(of_deal(deal))

    assert (first.status_code, first.headers["X-Cache"]) == (200, "MISS")
    assert (second.status_code, second.headers["X-Cache"]) == (200, "HIT")
    assert first.data == second.data
    assert first.get_json()["items"][0]["id"] == review.id


def test_cache_status_says_how_it_was_come_by(client: FlaskClient, deal: Deal) -> None:
    first = client.get(of_deal(deal)).headers["Cache-Status"]
    second = client.get(of_deal(deal)).headers["Cache-Status"]

    assert first.startswith(f'dealradar; fwd=uri-miss; stored; ttl=180; key="dealradarus:v1:/reviews/deal/{deal.id}:')
    assert second.startswith("dealradar; hit; ttl=")


@pytest.mark.usefixtures("review")
def test_a_hit_asks_the_database_nothing(client: FlaskClient, deal: Deal, statements: list[str]) -> None:
    client.get(of_deal(deal))
    statements.clear()

    client.get(of_deal(deal))

    assert statements == []


@pytest.mark.parametrize("query", ["?sort=newest", "?limit=20&sort=newest", "?utm_source=x"])
def test_the_same_question_in_other_words_is_the_same_entry(client: FlaskClient, deal: Deal, query: str) -> None:
    client.get(of_deal(deal))

    assert client.get(of_deal(deal) + query).headers["X-Cache"] == "HIT"


def test_another_question_is_another_entry(client: FlaskClient, deal: Deal) -> None:
    client.get(of_deal(deal))

    assert client.get(of_deal(deal) + "?sort=oldest").headers["X-Cache"] == "MISS"


def test_a_parameter_given_twice_is_refused(client: FlaskClient, deal: Deal) -> None:
    answer = client.get(of_deal(deal) + "?sort=newest&sort=oldest")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "sort"


def test_a_review_shows_in_the_next_answer(client: FlaskClient, deal: Deal, bob: User, as_: As) -> None:
    client.get(of_deal(deal))

    posted = as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 5, "body": "Came quickly."})
    after = client.get(of_deal(deal))

    assert posted.status_code == 201
    assert after.headers["X-Cache"] == "MISS"
    assert "fwd=stale" in after.headers["Cache-Status"]
    assert [item["id"] for item in after.get_json()["items"]] == [posted.get_json()["id"]]


def test_other_deals_stay_cached(client: FlaskClient, deal: Deal, alice: User, bob: User, as_: As) -> None:
    other = as_(alice).post("/api/deals", json={"title": "Kettle", "price_cents": 1_900}).get_json()["id"]
    client.get(f"/api/reviews/deal/{other}")

    as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 5, "body": "Came quickly."})

    assert client.get(f"/api/reviews/deal/{other}").headers["X-Cache"] == "HIT"


def test_a_write_that_is_rolled_back_makes_nothing_stale(
    client: FlaskClient, deal: Deal, review: Review, bob: User
) -> None:
    client.get(of_deal(deal))
    by = Actor(bob.id, Role.MEMBER)

    with pytest.raises(ConflictError):
        publish_twice(deal, by)

    answer = client.get(of_deal(deal))
    assert answer.headers["X-Cache"] == "HIT"
    assert [item["id"] for item in answer.get_json()["items"]] == [review.id]


def test_a_reader_that_began_before_a_write_leaves_nothing_stale(
    app: Flask, deal: Deal, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = reviews.of_deal
    client = app.test_client()

    def read_then_be_overtaken(*args: object) -> object:
        page = read(*args)  # type: ignore[arg-type]
        with app.app_context(), transaction():
            reviews.publish(ReviewDraft(deal_id=deal.id, rating=5, body="In between."), by=Actor(bob.id, Role.MEMBER))
        return page

    monkeypatch.setattr(reviews, "of_deal", read_then_be_overtaken)
    overtaken = client.get(of_deal(deal))
    monkeypatch.undo()
    after = client.get(of_deal(deal))

    assert overtaken.get_json()["items"] == []
    assert [item["body"] for item in after.get_json()["items"]] == ["In between."]


def test_keys_are_as_they_are_documented(client: FlaskClient, deal: Deal, redis_url: str) -> None:
    client.get(of_deal(deal))

    with redis.Redis.from_url(redis_url, decode_responses=True) as store:
        (key,) = store.scan_iter("dealradarus:v1:/*")
        ttl_s = store.ttl(key)
    assert key.rsplit(":", 1)[0] == f"dealradarus:v1:/reviews/deal/{deal.id}"
    assert 150 < ttl_s <= 180


@pytest.mark.usefixtures("alice")
def test_moderators_do_not_share_entries(mona: User, ada: User, deal: Deal, bob: User, as_: As, redis_url: str) -> None:
    make_report(bob, deal)
    first, second, other = as_(mona).get("/api/reports"), as_(mona).get("/api/reports"), as_(ada).get("/api/reports")

    assert [answer.headers["X-Cache"] for answer in (first, second, other)] == ["MISS", "HIT", "MISS"]
    assert first.headers["Cache-Control"] == "private, no-store"
    with redis.Redis.from_url(redis_url, decode_responses=True) as store:
        keys = list(store.scan_iter("dealradarus:v1:/reports:*"))
    assert len(keys) == 2
    assert all(":auth:" in key for key in keys)


def test_a_cached_answer_is_still_for_those_who_may(mona: User, mallory: User, client: FlaskClient, as_: As) -> None:
    as_(mona).get("/api/reports")

    assert as_(mallory).get("/api/reports").status_code == 403
    assert client.get("/api/reports").status_code == 401


def test_a_revoked_token_stops_working_on_cached_answers(app: Flask, mona: User) -> None:
    moderator = app.test_client()
    moderator.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_for(mona)}"
    moderator.get("/api/reports")

    moderator.post("/api/auth/logout")

    assert moderator.get("/api/reports").status_code == 401


def test_a_bad_token_is_refused_on_public_cached_answers_too(client: FlaskClient, deal: Deal) -> None:
    client.get(of_deal(deal))

    answer = client.get(of_deal(deal), headers={"Authorization": "Bearer dr_made_up"})

    assert answer.status_code == 401


def test_a_client_that_has_it_is_told_so(client: FlaskClient, deal: Deal) -> None:
    first = client.get(of_deal(deal))

    again = client.get(of_deal(deal), headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_head_is_get_without_the_body(client: FlaskClient, deal: Deal) -> None:
    got = client.get(of_deal(deal))
    head = client.head(of_deal(deal))

    assert head.data == b""
    assert (head.headers["ETag"], head.headers["Content-Length"]) == (
        got.headers["ETag"],
        got.headers["Content-Length"],
    )
