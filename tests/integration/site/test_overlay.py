"""What is laid over a shared page for who reads it: their own, and nobody else's."""

from flask import Flask

from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.security.sessions import OWN_COOKIE
from tests.factories.reviews import make_comment
from tests.integration.site.members import SCRIPT, Browser


def test_each_is_told_of_their_own_votes_and_bookmarks(
    app: Flask, alice: User, bob: User, deal: Deal, review: Review
) -> None:
    comment = make_comment(review, alice)
    reader, other = Browser(app, bob), Browser(app, alice)
    reader.send(f"/me/deals/{deal.id}/vote", value="-1")
    reader.send(f"/me/deals/{deal.id}/bookmark")
    reader.send(f"/me/reviews/{review.id}/vote", helpful="false")
    reader.send(f"/me/comments/{comment.id}/vote", value="1")
    path = f"/me/overlay?deals={deal.id}&reviews={review.id}&comments={comment.id},999"

    own, others = reader.look(path).get_json(), other.look(path).get_json()

    assert (own["id"], own["role"]) == (bob.id, "member")
    assert (own["deals"], own["reviews"], own["comments"], own["bookmarks"]) == (
        {str(deal.id): -1},
        {str(review.id): False},
        {str(comment.id): 1},
        [deal.id],
    )
    assert (others["deals"], others["reviews"], others["comments"], others["bookmarks"]) == ({}, {}, {}, [])
    assert others["unread_count"] == 0


def test_no_byte_of_a_page_depends_on_who_is_logged_in(
    app: Flask, alice: User, mona: User, deal: Deal, review: Review
) -> None:
    for path in ("/", f"/deals/{deal.id}", f"/reviews/{review.id}", f"/users/{alice.id}", "/feeds/new.atom"):
        readers = [Browser(app, alice), Browser(app, mona), Browser(app)]
        for reader in readers[:2]:  # as no browser would: the cookie isn't for these
            reader.client.set_cookie(OWN_COOKIE, reader.token, path="/")

        answers = [reader.look(path) for reader in readers]

        assert len({answer.data for answer in answers}) == 1
        assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "HIT", "HIT"]


def test_what_is_taken_back_is_gone_from_it(app: Flask, bob: User, deal: Deal) -> None:
    reader = Browser(app, bob)
    for value in ("1", "0"):
        reader.send(f"/me/deals/{deal.id}/vote", value=value)
    reader.send(f"/me/deals/{deal.id}/bookmark")
    reader.send(f"/me/deals/{deal.id}/forget")

    own = reader.look(f"/me/overlay?deals={deal.id}").get_json()

    assert (own["deals"], own["bookmarks"]) == ({}, [])


def test_ids_that_are_none_and_too_many_are_refused(app: Flask, bob: User) -> None:
    reader = Browser(app, bob)

    for wrong in ("deals=a", "deals=0", f"deals={','.join(map(str, range(1, 202)))}", "reviews=1,,2"):
        assert reader.client.get(f"/me/overlay?{wrong}", headers=SCRIPT).status_code == 422
