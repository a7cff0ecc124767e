"""The lists of what the caller has voted on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review

As = Callable[[User], FlaskClient]


def _listed(client: FlaskClient, kind: str, query: str = "") -> Any:
    return client.get(f"/api/me/votes/{kind}{query}").get_json()


def test_votes_are_listed_with_what_they_are_and_when_they_were_cast(as_: As, alice: User, bob: User) -> None:
    voter, deal = as_(bob), make_deal(alice)
    review = make_review(deal, alice)
    comment = make_comment(review, alice)
    voter.post(f"/api/deals/{deal.id}/vote", json={"value": -1})
    voter.post(f"/api/reviews/{review.id}/vote", json={"helpful": True})
    voter.post(f"/api/comments/{comment.id}/vote", json={"value": 1})

    found = {kind: _listed(voter, kind)["items"][0] for kind in ("deals", "reviews", "comments")}

    assert all(vote.pop("voted_at").endswith("Z") for vote in found.values())
    assert found == {
        "deals": {"deal_id": deal.id, "value": -1},
        "reviews": {"review_id": review.id, "helpful": True},
        "comments": {"comment_id": comment.id, "value": 1},
    }


@pytest.mark.parametrize("kind", ["deals", "reviews", "comments"])
def test_nobody_sees_what_another_voted(as_: As, alice: User, bob: User, kind: str) -> None:
    review = make_review(make_deal(alice), alice)
    as_(bob).post(f"/api/deals/{review.deal_id}/vote", json={"value": 1})
    as_(bob).post(f"/api/reviews/{review.id}/vote", json={"helpful": True})
    as_(bob).post(f"/api/comments/{make_comment(review, alice).id}/vote", json={"value": 1})

    assert _listed(as_(alice), kind) == {"items": [], "next_cursor": None}


def test_the_last_vote_comes_first_and_a_list_goes_on_by_its_cursor(as_: As, alice: User, bob: User) -> None:
    voter, voted = as_(bob), [make_deal(alice).id for _ in range(3)]
    for deal_id in voted:
        voter.post(f"/api/deals/{deal_id}/vote", json={"value": 1})

    first = _listed(voter, "deals", "?limit=2")
    rest = _listed(voter, "deals", f"?limit=2&cursor={first['next_cursor']}")

    assert [vote["deal_id"] for page in (first, rest) for vote in page["items"]] == voted[::-1]


def test_who_changes_their_mind_about_a_review_has_voted_last_on_that(as_: As, alice: User, bob: User) -> None:
    voter, (one, other) = as_(bob), [make_review(make_deal(alice), alice) for _ in range(2)]
    for review, helpful in ((one, True), (other, True), (one, False)):
        voter.post(f"/api/reviews/{review.id}/vote", json={"helpful": helpful})

    assert [vote["review_id"] for vote in _listed(voter, "reviews")["items"]] == [one.id, other.id]
