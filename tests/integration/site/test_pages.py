"""The site's pages: read by everybody from one entry, true at the very next request, and safe whatever people write."""

import re
from collections.abc import Callable
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.web.site import files
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment

As = Callable[[User], FlaskClient]
SCRIPT: Final = "<script>alert(1)</script>"
MOST_BYTES: Final = 60_000


def pages_of(deal: Deal, review: Review) -> list[str]:
    return ["/", f"/deals/{deal.id}", f"/reviews/{review.id}", f"/users/{deal.author_id}"]


def test_two_members_and_a_stranger_are_given_the_same_bytes_out_of_one_entry(
    client: FlaskClient, as_: As, alice: User, bob: User, deal: Deal, review: Review
) -> None:
    for path in pages_of(deal, review):
        first = as_(alice).get(path)
        others = [as_(bob).get(path), client.get(path)]

        assert first.headers["X-Cache"] == "MISS"
        assert [other.headers["X-Cache"] for other in others] == ["HIT", "HIT"]
        assert {first.data, *(other.data for other in others)} == {first.data}


def test_a_page_that_the_browser_has_is_a_304(client: FlaskClient, deal: Deal) -> None:
    first = client.get(f"/deals/{deal.id}")

    again = client.get(f"/deals/{deal.id}", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (again.status_code, again.data, again.headers["X-Cache"]) == (304, b"", "HIT")


def test_a_review_shows_on_the_pages_at_the_next_request(client: FlaskClient, as_: As, bob: User, deal: Deal) -> None:
    paths = [f"/deals/{deal.id}", f"/users/{bob.id}", "/"]
    before = [client.get(path).text for path in paths]

    as_(bob).post("/api/reviews", json={"deal_id": deal.id, "rating": 4, "title": "Sturdy", "body": "Still whole."})
    after = [client.get(path).text for path in paths]

    assert ["Still whole." in page for page in before] == [False, False, False]
    assert ["Still whole." in page for page in after] == [True, True, False]
    assert "1 review, 4.0 of 5" in after[2]


def test_a_persons_page_leads_to_their_deals(client: FlaskClient, alice: User, bob: User) -> None:
    own, others = make_deal(alice, title="A lamp"), make_deal(bob, title="A bicycle")

    (path,) = re.findall(r'href="(/\?[^"]*author=[^"]*)"', client.get(f"/users/{alice.id}").text)
    shown = client.get(path.replace("&amp;", "&")).text

    assert (own.title in shown, others.title in shown) == (True, False)


def test_a_reply_shows_below_its_comment_at_the_next_request(
    client: FlaskClient, as_: As, alice: User, bob: User, review: Review
) -> None:
    comment = make_comment(review, alice)
    before = client.get(f"/reviews/{review.id}").text

    reply = {"review_id": review.id, "parent_id": comment.id, "body": "I think so too."}
    answer = as_(bob).post("/api/comments", json=reply)
    after = client.get(f"/reviews/{review.id}").text

    assert "I think so too." not in before
    assert after.index(f'id="comment-{comment.id}"') < after.index(f'id="comment-{answer.get_json()["id"]}"')


def test_what_people_write_is_text_and_their_links_are_not_vouched_for(
    client: FlaskClient, as_: As, alice: User, bob: User
) -> None:
    draft = {"title": SCRIPT, "description": SCRIPT, "price_cents": 100, "coupon_code": SCRIPT}
    deal_id = as_(alice).post("/api/deals", json=draft | {"url": 'https://example.org/?"><script>'}).get_json()["id"]
    as_(bob).post("/api/reviews", json={"deal_id": deal_id, "rating": 1, "title": SCRIPT, "body": SCRIPT})

    pages = [client.get(path).text for path in ("/", f"/deals/{deal_id}", f"/users/{bob.id}")]

    assert [len(re.findall("<script", page)) for page in pages] == [1, 1, 1]
    assert 'rel="nofollow ugc noopener"' in pages[1]


def test_fields_left_empty_in_the_form_are_as_good_as_none_and_prices_are_whole(
    client: FlaskClient, alice: User
) -> None:
    make_deal(alice, title="Cheap thing", price_cents=999)
    make_deal(alice, title="Dear thing", price_cents=5_000)

    plain = client.get("/?sort=new&q=&category=&price_from=&price_to=")
    dear = client.get("/?sort=new&price_from=10&price_to=").text

    assert (plain.status_code, "Cheap thing" in plain.text, "Dear thing" in plain.text) == (200, True, True)
    assert ("Cheap thing" in dear, "Dear thing" in dear) == (False, True)


def test_the_link_to_more_leads_on_without_a_script(client: FlaskClient, alice: User) -> None:
    made = {make_deal(alice, title=f"Thing {number}").id for number in range(25)}

    first = client.get("/?sort=new").text
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = client.get(link[1].replace("&amp;", "&")).text

    shown = [set(map(int, re.findall(r'href="/deals/(\d+)"', page))) for page in (first, second)]
    assert shown[0] | shown[1] == made
    assert shown[0].isdisjoint(shown[1])


def test_a_price_that_changed_is_drawn_and_told_in_a_table(client: FlaskClient, as_: As, alice: User) -> None:
    deal_id = as_(alice).post("/api/deals", json={"title": "Kettle", "price_cents": 12_000}).get_json()["id"]
    before = client.get(f"/deals/{deal_id}").text

    as_(alice).patch(f"/api/deals/{deal_id}", json={"price_cents": 9_950})
    after = client.get(f"/deals/{deal_id}").text

    assert '<svg class="chart"' not in before
    assert '<svg class="chart"' in after
    assert re.findall(r"<td>(\$[^<]+)</td>", after) == ["$99.50", "$120"]


def test_what_is_not_there_is_a_page_that_says_so(client: FlaskClient) -> None:
    answer = client.get("/deals/999")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Show all deals" in answer.text


def test_a_page_may_load_only_what_the_site_serves_and_all_that_it_names_is_there(
    client: FlaskClient, deal: Deal, review: Review
) -> None:
    for path in pages_of(deal, review):
        page = client.get(path)
        named = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text))

        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
        assert " style=" not in page.text
        assert len(named) == 3
        for name in named:
            with client.get(name) as file:
                assert (file.status_code, file.headers["Cache-Control"]) == (200, "max-age=31536000, immutable")


def test_the_first_view_of_a_crowded_page_is_small(client: FlaskClient, alice: User) -> None:
    for number in range(20):
        make_deal(alice, title=f"{'A thing with a long name ' * 6}{number}")
    client.get("/")

    page = client.get("/", headers={"Accept-Encoding": "br, gzip"})
    modules = [files.asset(path.name) for path in files.STATIC.paths]  # all of them, for each leads to others
    names = [*re.findall(r'(?:href|src)="(/assets/[^"]+)"', client.get("/").text), *modules]

    assert page.headers["Content-Encoding"] in {"br", "gzip"}
    assert len(page.data) + sum(_bytes_of(client, name) for name in set(names)) < MOST_BYTES


def test_another_release_finds_nothing_of_the_former(
    client: FlaskClient, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(f"/deals/{deal.id}")
    former = client.get(f"/deals/{deal.id}").headers["X-Cache"]

    monkeypatch.setitem(vars(files.STATIC), "digest", "another00000")
    after = client.get(f"/deals/{deal.id}").headers["X-Cache"]

    assert (former, after) == ("HIT", "MISS")


def test_hidden_deals_are_on_no_page(client: FlaskClient, deal: Deal) -> None:
    shown = client.get("/").text

    with transaction():
        db.session.execute(text("UPDATE deals SET status = 'hidden' WHERE id = :id"), {"id": deal.id})

    assert f'href="/deals/{deal.id}"' in shown
    assert f'href="/deals/{deal.id}"' not in client.get("/").text
    assert client.get(f"/deals/{deal.id}").status_code == 404


def _bytes_of(client: FlaskClient, path: str) -> int:
    with client.get(path) as file:
        return len(file.data)
