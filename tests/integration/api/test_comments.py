from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review

As = Callable[[User], FlaskClient]


@pytest.fixture
def review(alice: User) -> Review:
    """Return a review that nobody has commented on yet."""
    return make_review(make_deal(alice), alice)


def test_who_comments_is_told_where_it_is(as_: As, bob: User, review: Review, client: FlaskClient) -> None:
    posted = as_(bob).post("/api/comments", json={"review_id": review.id, "body": "Do they fold?"})

    assert posted.status_code == 201
    assert posted.headers["Location"] == f"/api/comments/{posted.get_json()['id']}"
    assert client.get(posted.headers["Location"]).get_json() == posted.get_json()


def test_a_comment_says_all_that_a_page_needs(as_: As, bob: User, review: Review, client: FlaskClient) -> None:
    parent = make_comment(review, bob)
    told = {"review_id": review.id, "parent_id": parent.id, "body": " Yes,\r\nthey do. "}
    posted = as_(bob).post("/api/comments", json=told).get_json()

    shown = client.get(f"/api/comments/{posted['id']}").get_json()

    assert shown == told | {
        "id": posted["id"],
        "deal_id": review.deal_id,
        "author": {"id": bob.id, "username": "bob", "display_name": "Bob", "reputation": 0, "role": "member"},
        "score": 0,
        "upvote_count": 0,
        "downvote_count": 0,
        "reply_count": 0,
        "deleted": False,
        "created_at": posted["created_at"],
        "updated_at": posted["created_at"],
    }


@pytest.mark.parametrize(
    ("sent", "status", "fields"),
    [
        ({}, 422, ["review_id", "body"]),
        ({"review_id": 1, "body": " "}, 422, ["body"]),
        ({"review_id": 1, "body": "x" * 5_001}, 422, ["body"]),
        ({"review_id": 1, "body": "x", "parent_id": 404}, 422, ["parent_id"]),
        ({"review_id": 1, "body": "x", "score": 9}, 422, ["score"]),
        ({"review_id": 404, "body": "x"}, 404, []),
    ],
)
def test_a_comment_that_cannot_be_is_refused(
    as_: As, review: Review, sent: dict[str, Any], status: int, fields: list[str], bob: User
) -> None:
    assert review.id == 1

    refused = as_(bob).post("/api/comments", json=sent)

    assert refused.status_code == status
    assert [fault["field"] for fault in refused.get_json().get("errors", [])] == fields


def test_a_thread_is_a_tree_with_a_cursor_at_each_level(as_: As, bob: User, review: Review) -> None:
    tops = [make_comment(review, bob, body=f"top {number}") for number in range(2)]
    replies = [make_comment(tops[0], bob, body=f"reply {number}") for number in range(2)]
    make_comment(replies[0], bob, body="deepest")
    reader, path = as_(bob), f"/api/comments/review/{review.id}?sort=oldest&limit=1&depth=2"

    page = reader.get(path).get_json()
    (top,) = page["items"]
    (reply,) = top["replies"]

    assert (top["body"], reply["body"]) == ("top 0", "reply 0")
    assert (reply["replies"], reply["reply_count"]) == ([], 1)
    following = {
        cursor: [each["body"] for each in reader.get(f"{path}&cursor={cursor}").get_json()["items"]]
        for cursor in (page["next_cursor"], top["replies_cursor"], reply["replies_cursor"])
    }
    assert list(following.values()) == [["top 1"], ["reply 1"], ["deepest"]]


@pytest.mark.parametrize("asked", ["sort=best", "depth=0", "depth=9", "limit=0", "limit=101", "depth=x"])
def test_a_thread_that_cannot_be_is_refused(asked: str, review: Review, client: FlaskClient) -> None:
    assert client.get(f"/api/comments/review/{review.id}?{asked}").status_code == 422


def test_a_bad_cursor_is_a_bad_request(review: Review, client: FlaskClient) -> None:
    for path in (f"review/{review.id}", f"deal/{review.deal_id}", f"user/{review.author_id}"):
        assert client.get(f"/api/comments/{path}?cursor=x").status_code == 400


def test_there_are_no_comments_on_what_is_not_there(client: FlaskClient) -> None:
    for path in ("404", "review/404", "deal/404", "user/404"):
        assert client.get(f"/api/comments/{path}").status_code == 404


def test_every_read_tells_the_write_before_it(as_: As, bob: User, mona: User, review: Review) -> None:
    reader = as_(bob)
    paths = [f"/api/comments/{of}" for of in (f"deal/{review.deal_id}", f"user/{bob.id}", f"review/{review.id}")]

    def seen() -> list[list[tuple[str, int, int]]]:
        lists = [reader.get(path).get_json()["items"] for path in paths]
        return [[(each["body"], each["score"], each["reply_count"]) for each in items] for items in lists]

    first = reader.post("/api/comments", json={"review_id": review.id, "body": "One."}).get_json()
    assert seen() == [[("One.", 0, 0)]] * 3
    path = f"/api/comments/{first['id']}"
    reader.patch(path, json={"body": "Two."})
    assert seen() == [[("Two.", 0, 0)]] * 3
    as_(mona).post(f"{path}/vote", json={"value": -1})
    assert seen() == [[("Two.", -1, 0)]] * 3
    reply = as_(mona).post("/api/comments", json={"review_id": review.id, "parent_id": first["id"], "body": "R."})
    assert seen() == [[("R.", 0, 0), ("Two.", -1, 1)], [("Two.", -1, 1)], [("Two.", -1, 1)]]
    reader.delete(path)
    assert seen() == [[("R.", 0, 0)], [], [("", -1, 1)]]
    as_(mona).delete(reply.headers["Location"])
    assert seen() == [[], [], []]
    assert reader.get(path).status_code == 404


def test_a_tombstone_tells_neither_who_nor_what(as_: As, bob: User, review: Review, client: FlaskClient) -> None:
    parent = make_comment(review, bob, body="secret")
    make_comment(parent, bob)
    as_(bob).delete(f"/api/comments/{parent.id}")

    (tombstone,) = client.get(f"/api/comments/review/{review.id}").get_json()["items"]

    assert (tombstone["author"], tombstone["body"], tombstone["deleted"]) == (None, "", True)
    assert len(tombstone["replies"]) == 1


def test_a_change_needs_the_version_that_it_was_made_for_where_it_names_one(as_: As, bob: User, review: Review) -> None:
    path = f"/api/comments/{make_comment(review, bob).id}"
    client = as_(bob)
    etag = client.get(path).headers["ETag"]

    changed = client.patch(path, json={"body": "One."}, headers={"If-Match": etag})
    stale = client.patch(path, json={"body": "Two."}, headers={"If-Match": etag})
    stale_removal = client.delete(path, headers={"If-Match": etag})
    removal = client.delete(path, headers={"If-Match": client.get(path).headers["ETag"]})

    assert [each.status_code for each in (changed, stale, stale_removal, removal)] == [200, 412, 412, 204]


def test_others_neither_change_nor_remove_a_comment(as_: As, bob: User, mallory: User, review: Review) -> None:
    path = f"/api/comments/{make_comment(review, bob).id}"

    assert as_(mallory).patch(path, json={"body": "Mine."}).status_code == 403
    assert as_(mallory).delete(path).status_code == 403


def test_a_vote_says_what_the_votes_come_to(as_: As, alice: User, bob: User, review: Review) -> None:
    comment_id = make_comment(review, alice).id
    voter = as_(bob)

    answers = [
        voter.post(f"/api/comments/{comment_id}/vote", json={"value": value}).get_json() for value in (1, 1, -1, 0)
    ]

    assert answers == [
        {"comment_id": comment_id, "value": 1, "score": 1, "upvote_count": 1, "downvote_count": 0},
        {"comment_id": comment_id, "value": 1, "score": 1, "upvote_count": 1, "downvote_count": 0},
        {"comment_id": comment_id, "value": -1, "score": -1, "upvote_count": 0, "downvote_count": 1},
        {"comment_id": comment_id, "value": 0, "score": 0, "upvote_count": 0, "downvote_count": 0},
    ]


@pytest.mark.parametrize("sent", [{}, {"value": 2}, {"value": True}, {"value": None}, {"value": "1"}])
def test_a_vote_that_is_none_is_refused(as_: As, bob: User, review: Review, sent: dict[str, Any]) -> None:
    path = f"/api/comments/{make_comment(review, bob).id}/vote"

    assert as_(bob).post(path, json=sent).status_code == 422
