from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review

As = Callable[[User], FlaskClient]
BODY = " They sit well.\r\n\U0001f600 "


@pytest.fixture
def deal(alice: User) -> Deal:
    """Return a deal that nobody has reviewed yet."""
    return make_deal(alice)


def test_who_publishes_a_review_is_told_where_it_is(as_: As, bob: User, deal: Deal, client: FlaskClient) -> None:
    posted = as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 5, "body": BODY})

    assert posted.status_code == 201
    assert posted.headers["Location"] == f"/api/reviews/{posted.get_json()['id']}"
    assert client.get(posted.headers["Location"]).get_json() == posted.get_json()


def test_a_review_says_all_that_a_page_needs(as_: As, bob: User, deal: Deal, client: FlaskClient) -> None:
    told = {"deal_id": deal.id, "rating": 5, "title": "Fine", "body": BODY}
    posted = as_(bob).post("/api/reviews", json=told).get_json()

    shown = client.get(f"/api/reviews/{posted['id']}").get_json()

    assert shown == told | {
        "id": posted["id"],
        "deal": {"id": deal.id, "title": "Good headphones"},
        "author": {"id": bob.id, "username": "bob", "display_name": "Bob", "reputation": 0, "role": "member"},
        "helpful_count": 0,
        "unhelpful_count": 0,
        "comment_count": 0,
        "created_at": posted["created_at"],
        "updated_at": posted["created_at"],
    }
    assert shown["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["deal_id", "rating", "body"]),
        ({"deal_id": 1, "rating": 4.5, "body": "x"}, ["rating"]),
        ({"deal_id": 1, "rating": "5", "body": "x"}, ["rating"]),
        ({"deal_id": 1, "rating": 0, "body": "x"}, ["rating"]),
        ({"deal_id": 1, "rating": True, "body": "x"}, ["rating"]),
        ({"deal_id": 0, "rating": 5, "body": "x"}, ["deal_id"]),
        ({"deal_id": 1, "rating": 5, "body": "x" * 10_001}, ["body"]),
        ({"deal_id": 1, "rating": 5, "body": "x", "helpful_count": 9}, ["helpful_count"]),
    ],
)
def test_a_review_that_cannot_be_is_refused_naming_the_fields(
    as_: As, bob: User, sent: dict[str, Any], fields: list[str]
) -> None:
    refused = as_(bob).post("/api/reviews", json=sent)

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.get_json()["errors"]] == fields


def test_a_deal_that_is_not_there_is_not_reviewed(as_: As, bob: User) -> None:
    refused = as_(bob).post("/api/reviews", json={"deal_id": 404, "rating": 5, "body": "x"})

    assert (refused.status_code, refused.get_json()["detail"]) == (404, "There is no deal 404.")


def test_a_second_review_is_a_conflict(as_: As, bob: User, deal: Deal) -> None:
    make_review(deal, bob)

    refused = as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 5, "body": "Again."})

    assert refused.status_code == 409
    assert refused.content_type == "application/problem+json"


def test_the_list_of_a_deal_is_filtered_sorted_and_goes_on_by_its_cursor(
    alice: User, bob: User, mallory: User, mona: User, deal: Deal, client: FlaskClient
) -> None:
    for author, rating, votes in ((alice, 5, 1), (bob, 5, 3), (mallory, 1, 9), (mona, 5, 2)):
        make_review(deal, author, rating=rating, imported_helpful_count=votes)
    asked = {"sort": "helpful", "rating": 5, "limit": 2}

    first = client.get(f"/api/reviews/deal/{deal.id}", query_string=asked).get_json()
    last = client.get(f"/api/reviews/deal/{deal.id}", query_string=asked | {"cursor": first["next_cursor"]}).get_json()

    assert [review["author"]["username"] for review in first["items"] + last["items"]] == ["bob", "mona", "alice"]
    assert last["next_cursor"] is None


@pytest.mark.parametrize("asked", ["sort=best", "rating=6", "rating=0", "limit=101", "rating=5&rating=4"])
def test_a_list_that_cannot_be_is_refused(asked: str, deal: Deal, client: FlaskClient) -> None:
    assert client.get(f"/api/reviews/deal/{deal.id}?{asked}").status_code == 422


def test_there_are_no_lists_of_what_is_not_there(client: FlaskClient) -> None:
    assert client.get("/api/reviews/deal/404").status_code == 404
    assert client.get("/api/reviews/user/404").status_code == 404
    assert client.get("/api/reviews/404").status_code == 404
    assert client.get(f"/api/reviews/{10**30}").status_code == 404


def test_a_bad_cursor_is_a_bad_request(deal: Deal, client: FlaskClient) -> None:
    assert client.get(f"/api/reviews/deal/{deal.id}?cursor=x").status_code == 400


def test_the_list_of_a_person_is_of_all_deals(bob: User, deal: Deal, client: FlaskClient) -> None:
    make_review(deal, bob)
    make_review(make_deal(bob, title="A lamp"), bob)

    listed = client.get(f"/api/reviews/user/{bob.id}").get_json()["items"]

    assert [review["deal"]["title"] for review in listed] == ["A lamp", "Good headphones"]


def test_every_read_tells_the_write_before_it(as_: As, bob: User, mona: User, deal: Deal, client: FlaskClient) -> None:
    paths = (f"/api/reviews/deal/{deal.id}", f"/api/reviews/user/{bob.id}")
    posted = as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 5, "body": "Good."}).get_json()
    path = f"/api/reviews/{posted['id']}"

    def seen() -> list[Any]:
        items = [client.get(each).get_json()["items"] for each in paths]
        assert items[0] == items[1]
        if items[0]:
            assert client.get(path).get_json() == items[0][0]
        return [(each["rating"], each["title"], each["helpful_count"], each["comment_count"]) for each in items[0]]

    assert seen() == [(5, None, 0, 0)]
    as_(bob).patch(path, json={"rating": 2, "title": "Broke"})
    assert seen() == [(2, "Broke", 0, 0)]
    as_(mona).post(f"{path}/vote", json={"helpful": True})
    assert seen() == [(2, "Broke", 1, 0)]
    as_(mona).post("/api/comments", json={"review_id": posted["id"], "body": "How?"})
    assert seen() == [(2, "Broke", 1, 1)]
    as_(mona).delete(path)
    assert seen() == []
    assert client.get(path).status_code == 404


def test_a_change_needs_the_version_that_it_was_made_for_where_it_names_one(as_: As, bob: User, deal: Deal) -> None:
    path = f"/api/reviews/{make_review(deal, bob).id}"
    client = as_(bob)
    etag = client.get(path).headers["ETag"]

    changed = client.patch(path, json={"rating": 1}, headers={"If-Match": etag})
    stale = client.patch(path, json={"rating": 2}, headers={"If-Match": etag})
    unnamed = client.patch(path, json={"rating": 3})
    stale_removal = client.delete(path, headers={"If-Match": etag})

    assert [each.status_code for each in (changed, stale, unnamed, stale_removal)] == [200, 412, 200, 412]
    assert client.get(path).get_json()["rating"] == 3


def test_others_neither_change_nor_remove_a_review(as_: As, bob: User, mallory: User, deal: Deal) -> None:
    path = f"/api/reviews/{make_review(deal, bob).id}"

    assert as_(mallory).patch(path, json={"rating": 1}).status_code == 403
    assert as_(mallory).delete(path).status_code == 403


@pytest.mark.parametrize("sent", [{"rating": None}, {"body": None}, {"body": " "}, {"deal_id": 2}, {"rating": 6}])
def test_a_change_that_cannot_be_is_refused(as_: As, bob: User, deal: Deal, sent: dict[str, Any]) -> None:
    path = f"/api/reviews/{make_review(deal, bob).id}"

    refused = as_(bob).patch(path, json=sent)

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.get_json()["errors"]] == list(sent)


def test_a_vote_says_what_the_votes_come_to(as_: As, alice: User, bob: User, deal: Deal) -> None:
    review_id = make_review(deal, alice).id
    voter = as_(bob)

    answers = [
        voter.post(f"/api/reviews/{review_id}/vote", json={"helpful": value}).get_json()
        for value in (True, True, False, None)
    ]

    assert [(each["helpful"], each["helpful_count"], each["unhelpful_count"]) for each in answers] == [
        (True, 1, 0),
        (True, 1, 0),
        (False, 0, 1),
        (None, 0, 0),
    ]
    assert {each["review_id"] for each in answers} == {review_id}


def test_nobody_votes_on_their_own_review(as_: As, bob: User, deal: Deal) -> None:
    path = f"/api/reviews/{make_review(deal, bob).id}/vote"

    assert as_(bob).post(path, json={"helpful": True}).status_code == 403


@pytest.mark.parametrize("sent", [{}, {"helpful": 1}, {"helpful": "true"}])
def test_a_vote_that_is_none_is_refused(as_: As, alice: User, bob: User, deal: Deal, sent: dict[str, Any]) -> None:
    path = f"/api/reviews/{make_review(deal, alice).id}/vote"

    assert as_(bob).post(path, json=sent).status_code == 422


def test_what_nobody_sees_is_absent_to_its_author_and_to_moderators_too(
    as_: As, bob: User, mona: User, deal: Deal
) -> None:
    review = make_review(deal, bob, status=ReviewStatus.HIDDEN)
    make_comment(review, bob)

    for reader in (as_(bob), as_(mona)):
        assert reader.get(f"/api/reviews/{review.id}").status_code == 404
        assert reader.patch(f"/api/reviews/{review.id}", json={"rating": 5}).status_code == 404
        assert reader.delete(f"/api/reviews/{review.id}").status_code == 404
        assert reader.get(f"/api/comments/review/{review.id}").status_code == 404
