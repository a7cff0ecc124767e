from collections.abc import Callable

from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from tests.factories.deals import make_deal

As = Callable[[User], FlaskClient]


def test_a_bookmark_is_kept_and_dropped_as_often_as_one_likes(as_: As, alice: User) -> None:
    reader, deal = as_(alice), make_deal(alice)

    kept = [reader.put(f"/api/deals/{deal.id}/bookmark") for _ in range(2)]
    assert [answer.status_code for answer in kept] == [204, 204]
    assert len(reader.get("/api/me/bookmarks").get_json()["items"]) == 1

    dropped = [reader.delete(f"/api/deals/{deal.id}/bookmark") for _ in range(2)]
    assert [answer.status_code for answer in dropped] == [204, 204]
    assert reader.get("/api/me/bookmarks").get_json() == {"items": [], "next_cursor": None}


def test_bookmarks_are_deals_with_the_moment_they_were_kept(as_: As, alice: User) -> None:
    reader, deal = as_(alice), make_deal(alice)
    reader.put(f"/api/deals/{deal.id}/bookmark")

    (kept,) = reader.get("/api/me/bookmarks").get_json()["items"]

    assert kept.pop("bookmarked_at").endswith("Z")
    assert kept == reader.get(f"/api/deals/{deal.id}").get_json()


def test_nobody_sees_what_another_keeps(as_: As, alice: User, bob: User) -> None:
    deal = make_deal(alice)
    as_(alice).put(f"/api/deals/{deal.id}/bookmark")

    assert as_(bob).get("/api/me/bookmarks").get_json()["items"] == []


def test_nobody_may_store_the_answer_but_its_reader(as_: As, alice: User) -> None:
    assert as_(alice).get("/api/me/bookmarks").headers["Cache-Control"] == "private, no-cache"


def test_a_bookmark_of_a_deal_that_has_changed_is_dropped_only_by_who_has_seen_that(as_: As, alice: User) -> None:
    reader, deal = as_(alice), make_deal(alice)
    reader.put(f"/api/deals/{deal.id}/bookmark")
    stale = {"If-Match": reader.get(f"/api/deals/{deal.id}").headers["ETag"]}
    reader.patch(f"/api/deals/{deal.id}", json={"title": "Better headphones"})
    seen = {"If-Match": reader.get(f"/api/deals/{deal.id}").headers["ETag"]}

    assert reader.delete(f"/api/deals/{deal.id}/bookmark", headers=stale).status_code == 412
    assert reader.delete(f"/api/deals/{deal.id}/bookmark", headers=seen).status_code == 204


def test_of_what_never_was_there_is_no_bookmark(as_: As, alice: User) -> None:
    reader = as_(alice)

    assert reader.put("/api/deals/404/bookmark").status_code == 404
    assert reader.delete("/api/deals/404/bookmark").status_code == 404
