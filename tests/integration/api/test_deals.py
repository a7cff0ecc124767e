from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain.deals import DealStatus
from dealradar.domain.users.models import User
from tests.factories.deals import make_category, make_deal, make_merchant

As = Callable[[User], FlaskClient]
DRAFT = {"title": "Good headphones", "price_cents": 4_999}


def _fields_at_fault(problem: Any) -> list[str]:
    return [fault["field"] for fault in problem["errors"]]


def test_who_posts_a_deal_is_told_where_it_is(as_: As, alice: User, client: FlaskClient) -> None:
    posted = as_(alice).post("/api/deals", json=DRAFT)

    assert posted.status_code == 201
    assert posted.headers["Location"] == f"/api/deals/{posted.get_json()['id']}"
    assert client.get(posted.headers["Location"]).get_json() == posted.get_json()


def test_a_deal_says_all_that_a_page_needs(as_: As, alice: User, client: FlaskClient) -> None:
    audio, acme = make_category("audio"), make_merchant("acme")
    told = DRAFT | {
        "description": "They fold.",
        "url": "https://example.org/headphones",
        "list_price_cents": 9_998,
        "coupon_code": "SAVE",
        "starts_at": "2026-06-01T12:00:00Z",
        "ends_at": "2026-06-02T00:00:00+02:00",
    }
    posted = as_(alice).post("/api/deals", json=told | {"category_id": audio.id, "merchant_id": acme.id}).get_json()

    shown = client.get(f"/api/deals/{posted['id']}").get_json()

    assert shown == told | {
        "id": posted["id"],
        "ends_at": "2026-06-01T22:00:00Z",
        "discount_ratio": 0.5,
        "status": "active",
        "author": {"id": alice.id, "username": "alice", "display_name": "Alice", "reputation": 0, "role": "member"},
        "merchant": {"id": acme.id, "slug": "acme", "name": "Acme"},
        "category": {"id": audio.id, "slug": "audio", "name": "Audio"},
        "score": 0,
        "upvote_count": 0,
        "downvote_count": 0,
        "bookmark_count": 0,
        "review_count": 0,
        "rating_avg": None,
        "comment_count": 0,
        "created_at": posted["created_at"],
        "updated_at": posted["created_at"],
    }


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["title", "price_cents"]),
        (DRAFT | {"price_cents": 49.99}, ["price_cents"]),
        (DRAFT | {"url": "javascript:alert(1)"}, ["url"]),
        (DRAFT | {"status": "active"}, ["status"]),
        (DRAFT | {"category_id": 404}, ["category_id"]),
        (DRAFT | {"merchant_id": 404}, ["merchant_id"]),
        (DRAFT | {"starts_at": "2026-06-01T12:00:00"}, ["starts_at"]),
        (DRAFT | {"starts_at": "2026-06-02T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"}, ["ends_at"]),
        (DRAFT | {"ends_at": "9999-12-31T23:59:59-12:00"}, ["ends_at"]),
    ],
)
def test_a_deal_that_cannot_be_is_refused_naming_the_fields(
    as_: As, alice: User, sent: dict[str, Any], fields: list[str]
) -> None:
    refused = as_(alice).post("/api/deals", json=sent)

    assert refused.status_code == 422
    assert _fields_at_fault(refused.get_json()) == fields


def test_the_list_is_filtered_and_goes_on_by_its_cursor(client: FlaskClient, alice: User) -> None:
    audio = make_category("audio")
    for cents in (1, 2, 3, 4):
        make_deal(alice, title=str(cents), price_cents=cents, category_id=audio.id if cents > 1 else None)
    asked = {"sort": "price", "category": "audio", "limit": 2}

    first = client.get("/api/deals", query_string=asked).get_json()
    second = client.get("/api/deals", query_string=asked | {"cursor": first["next_cursor"]}).get_json()

    assert [deal["title"] for deal in (*first["items"], *second["items"])] == ["2", "3", "4"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("sort", "best"),
        ("status", "hidden"),
        ("category", "Not A Slug"),
        ("merchant", "../etc"),
        ("min_price", "-1"),
        ("max_price", "2147483648"),
        ("min_rating", "6"),
        ("q", "a" * 201),
        ("limit", "101"),
    ],
)
def test_a_parameter_out_of_its_bounds_is_named(client: FlaskClient, parameter: str, value: str) -> None:
    refused = client.get("/api/deals", query_string={parameter: value})

    assert refused.status_code == 422
    assert _fields_at_fault(refused.get_json()) == [parameter]


def test_a_cursor_of_another_list_is_malformed(client: FlaskClient, alice: User) -> None:
    for _ in range(2):
        make_deal(alice)
    cursor = client.get("/api/deals?limit=1").get_json()["next_cursor"]

    assert client.get("/api/deals", query_string={"cursor": cursor, "status": "all"}).status_code == 400


def test_a_new_price_is_shown_and_kept_in_the_history(as_: As, alice: User, client: FlaskClient) -> None:
    author = as_(alice)
    deal_id = author.post("/api/deals", json=DRAFT).get_json()["id"]

    changed = author.patch(f"/api/deals/{deal_id}", json={"price_cents": 3_999})

    assert (changed.status_code, changed.get_json()["price_cents"]) == (200, 3_999)
    history = client.get(f"/api/deals/{deal_id}/prices").get_json()
    assert [each["price_cents"] for each in history["items"]] == [3_999, 4_999]
    assert set(history["items"][0]) == {"price_cents", "list_price_cents", "changed_at"}


def test_a_change_to_what_one_saw_goes_through_and_to_what_is_no_more_does_not(as_: As, alice: User) -> None:
    author = as_(alice)
    deal_id = author.post("/api/deals", json=DRAFT).get_json()["id"]
    seen = {"If-Match": author.get(f"/api/deals/{deal_id}").headers["ETag"]}

    first = author.patch(f"/api/deals/{deal_id}", json={"title": "First"}, headers=seen)
    second = author.patch(f"/api/deals/{deal_id}", json={"title": "Second"}, headers=seen)
    removal = author.delete(f"/api/deals/{deal_id}", headers=seen)

    assert (first.status_code, second.status_code, removal.status_code) == (200, 412, 412)
    assert author.get(f"/api/deals/{deal_id}").get_json()["title"] == "First"


def test_mallory_can_neither_change_nor_remove_anothers_deal(as_: As, alice: User, mallory: User) -> None:
    deal = make_deal(alice)

    changed = as_(mallory).patch(f"/api/deals/{deal.id}", json={"title": "Mallory was here"})
    removed = as_(mallory).delete(f"/api/deals/{deal.id}")

    assert (changed.status_code, removed.status_code) == (403, 403)


@pytest.mark.parametrize("remover", ["alice", "mona"])
def test_a_removed_deal_is_gone(
    as_: As, client: FlaskClient, request: pytest.FixtureRequest, alice: User, remover: str
) -> None:
    deal = make_deal(alice)

    removed = as_(request.getfixturevalue(remover)).delete(f"/api/deals/{deal.id}")

    assert (removed.status_code, removed.data) == (204, b"")
    assert client.get(f"/api/deals/{deal.id}").status_code == 404
    assert client.get(f"/api/deals/{deal.id}/prices").status_code == 404
    assert client.get("/api/deals?status=all").get_json()["items"] == []


@pytest.mark.parametrize("reader", ["alice", "mona"])
def test_a_hidden_deal_is_absent_for_everybody(
    as_: As, request: pytest.FixtureRequest, alice: User, reader: str
) -> None:
    deal = make_deal(alice, status=DealStatus.HIDDEN)
    someone = as_(request.getfixturevalue(reader))

    answers = [
        someone.get(f"/api/deals/{deal.id}"),
        someone.get(f"/api/deals/{deal.id}/prices"),
        someone.patch(f"/api/deals/{deal.id}", json={"status": "active"}),
        someone.post(f"/api/deals/{deal.id}/vote", json={"value": 1}),
        someone.put(f"/api/deals/{deal.id}/bookmark"),
        someone.delete(f"/api/deals/{deal.id}/bookmark"),
        someone.delete(f"/api/deals/{deal.id}"),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_a_vote_answers_the_tally(as_: As, alice: User, bob: User) -> None:
    deal = make_deal(alice)
    voter = as_(bob)

    tallies = [voter.post(f"/api/deals/{deal.id}/vote", json={"value": value}).get_json() for value in (1, 1, -1, 0)]

    assert tallies == [
        {"deal_id": deal.id, "value": 1, "score": 1, "upvote_count": 1, "downvote_count": 0},
        {"deal_id": deal.id, "value": 1, "score": 1, "upvote_count": 1, "downvote_count": 0},
        {"deal_id": deal.id, "value": -1, "score": -1, "upvote_count": 0, "downvote_count": 1},
        {"deal_id": deal.id, "value": 0, "score": 0, "upvote_count": 0, "downvote_count": 0},
    ]


@pytest.mark.parametrize("sent", [{}, {"value": 2}, {"value": True}, {"value": "1"}, {"value": 1, "weight": 9}])
def test_what_is_no_vote_is_refused(as_: As, alice: User, sent: dict[str, Any]) -> None:
    deal = make_deal(alice)

    assert as_(alice).post(f"/api/deals/{deal.id}/vote", json=sent).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/deals"),
        ("PATCH", "/api/deals/1"),
        ("DELETE", "/api/deals/1"),
        ("POST", "/api/deals/1/vote"),
        ("PUT", "/api/deals/1/bookmark"),
        ("DELETE", "/api/deals/1/bookmark"),
        ("GET", "/api/me/bookmarks"),
    ],
)
def test_without_credentials_one_only_reads(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, json={}).status_code == 401


def test_the_answer_to_a_change_names_the_version_for_the_next(as_: Callable[[User], FlaskClient], alice: User) -> None:
    client = as_(alice)
    path = client.post("/api/deals", json=DRAFT).headers["Location"]

    changed = client.patch(path, json={"title": "Once"})
    again = client.patch(path, json={"title": "Twice"}, headers={"If-Match": changed.headers["ETag"]})
    stale = client.patch(path, json={"title": "Thrice"}, headers={"If-Match": changed.headers["ETag"]})

    assert (again.status_code, stale.status_code) == (200, 412)
