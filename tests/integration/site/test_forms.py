"""What people do on the site: forms that do what the API does, and lose nothing that was typed."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain import deals
from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.security.sessions import OWN_COOKIE
from dealradar.web.me import sheets
from dealradar.web.me.table import FORMS
from tests.factories.deals import make_category, make_deal, make_merchant
from tests.factories.people import make_user
from tests.factories.things import path_of, things_of
from tests.integration.site.members import OWN_PAGE, SCRIPT, Browser
from tests.routes import PASSWORD

As = Callable[[User], FlaskClient]
DEAL: Final[Mapping[str, Any]] = {
    "title": "A lamp & a <shade>",
    "price_cents": "19.5",
    "description": "Bright\r\nand warm",
}


@pytest.fixture
def member(app: Flask, alice: User) -> Browser:
    """Return alice before her browser."""
    return Browser(app, alice)


def test_who_joins_is_logged_in_by_a_cookie_that_is_sent_to_their_own_pages_alone(app: Flask) -> None:
    browser = Browser(app)

    joined = browser.send("/register", username="carol", email="carol@people.example", password=PASSWORD)

    assert (joined.status_code, joined.headers["Location"]) == (303, "/")
    set_cookie = joined.headers["Set-Cookie"]
    assert {part.strip().split("=")[0] for part in set_cookie.split(";")} >= {OWN_COOKIE, "HttpOnly", "Path", "Max-Age"}
    assert "Path=/me;" in f"{set_cookie};"
    assert "SameSite=Lax" in set_cookie
    assert browser.look("/me").status_code == 200


def test_a_wrong_password_is_said_where_the_login_still_stands_and_no_password_is_sent_back(app: Flask) -> None:
    make_user("carol")

    answer = Browser(app).send("/login", login="carol", password="wrong and long")

    assert answer.status_code == 401
    assert 'value="carol"' in answer.text
    assert "The login or the password is wrong." in answer.text
    assert "wrong and long" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_who_logs_out_has_a_token_that_is_worth_nothing(member: Browser) -> None:
    cookie = member.client.get_cookie(OWN_COOKIE, path="/me")
    assert cookie is not None

    answer = member.send("/me/log-out")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert member.client.get_cookie(OWN_COOKIE, path="/me") is None
    assert member.client.get("/api/auth/me", headers={"Authorization": f"Bearer {cookie.value}"}).status_code == 401


@pytest.mark.parametrize("back", ["//example.org", "https://example.org", "/\\example.org", "javascript:alert(1)", ""])
def test_nobody_is_led_off_the_site(member: Browser, deal: Deal, back: str) -> None:
    answer = member.send(f"/me/deals/{deal.id}/vote", value="1", back=back)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/deals/{deal.id}")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site's page"),
        pytest.param({"Origin": "https://example.org"}, id="another origin"),
        pytest.param({}, id="no page"),
    ],
)
def test_no_form_is_taken_but_from_a_page_of_this_site(
    app: Flask, alice: User, bob: User, form: object, headers: dict[str, str]
) -> None:
    assert hasattr(form, "path")
    path = path_of(form.path, things_of(alice, bob))

    assert Browser(app, alice).send(path, headers=headers).status_code == 403


@pytest.mark.parametrize("form", [form for form in FORMS if form.sheet is not None], ids=lambda form: form.name)
def test_a_strangers_try_leads_to_where_they_can_log_in_and_then_back(
    app: Flask, alice: User, bob: User, form: object
) -> None:
    assert hasattr(form, "path")
    assert hasattr(form, "endpoint")
    path = path_of(form.path, things_of(alice, bob))

    seen, tried = Browser(app).look(f"{path}?a=b"), Browser(app).send(path)

    if form.endpoint.who.is_everyone:
        assert seen.status_code == 200
    else:
        assert (seen.status_code, seen.headers["Location"]) == (303, f"/login?back={_quoted(f'{path}?a=b')}")
        assert (tried.status_code, tried.headers["Location"]) == (303, f"/login?back={_quoted(path)}")


def test_a_deal_is_posted_in_the_words_of_people(member: Browser, client: FlaskClient) -> None:
    answer = member.send(
        "/me/deals/new", **DEAL, url="", list_price_cents="", ends_at="2030-01-02T03:04", category_id=""
    )

    assert answer.status_code == 303
    shown = client.get(f"/api{answer.headers['Location']}").get_json()
    assert (shown["title"], shown["price_cents"], shown["list_price_cents"]) == (DEAL["title"], 1950, None)
    assert (shown["description"], shown["ends_at"]) == ("Bright\nand warm", "2030-01-02T03:04:00Z")


def test_what_cant_be_accepted_is_said_at_its_field_and_nothing_typed_is_lost(member: Browser) -> None:
    answer = member.send("/me/deals/new", **{**DEAL, "price_cents": "cheap"})

    assert answer.status_code == 422
    assert re.search(r'<input id="price_cents"[^>]* aria-invalid="true"[^>]* value="cheap">', answer.text)
    assert "is no price; write it like 19.99" in answer.text
    assert 'value="A lamp &amp; a &lt;shade&gt;"' in answer.text
    assert "Bright\r\nand warm</textarea>" in answer.text


def test_an_own_deal_is_changed_and_what_is_emptied_is_gone(member: Browser, alice: User, client: FlaskClient) -> None:
    deal = make_deal(alice, coupon_code="TEN")
    path = f"/me/deals/{deal.id}/edit"
    assert 'value="TEN"' in member.look(path).text

    answer = member.send(path, title="Another", price_cents="7", coupon_code="", status="expired")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/deals/{deal.id}")
    shown = client.get(f"/api/deals/{deal.id}").get_json()
    assert (shown["title"], shown["price_cents"], shown["coupon_code"], shown["status"]) == (
        "Another",
        700,
        None,
        "expired",
    )


def test_a_form_that_is_sent_as_it_came_changes_nothing(
    member: Browser, alice: User, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_SHOPS", 1)
    rare = [make_merchant(slug) for slug in ("one", "other")]
    ends_at = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    category = make_category("lamps")
    columns = {"description": "Bright\n", "ends_at": ends_at, "category_id": category.id, "price_cents": 1999}
    for merchant in rare:
        deal = make_deal(alice, merchant_id=merchant.id, **columns)
        before = client.get(f"/api/deals/{deal.id}").get_json()
        path = f"/me/deals/{deal.id}/edit"

        answer = member.send(path, **fields_of(member.look(path).text))

        after = client.get(f"/api/deals/{deal.id}").get_json()
        assert answer.status_code == 303
        assert {name: after[name] for name in before if before[name] != after[name]}.keys() <= {"updated_at"}


def fields_of(page: str) -> dict[str, Any]:
    """Return what a browser would send of the form, untouched."""
    form = page[page.index('<form method="post" action="/me/deals') :]
    texts = re.findall(r'<input id="[^"]*" name="([^"]*)"[^>]* value="([^"]*)">', form)
    areas = re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>\n([^<]*)</textarea>', form)
    chosen = [
        (name, value)
        for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL)
        for value in re.findall(r'value="([^"]*)" selected', options)
    ]
    return {name: html.unescape(value) for name, value in (*texts, *areas, *chosen)}


def test_others_can_neither_open_nor_send_the_form_of_ones_deal(app: Flask, mallory: User, deal: Deal) -> None:
    browser = Browser(app, mallory)
    path = f"/me/deals/{deal.id}/edit"

    assert [browser.look(path).status_code, browser.send(path, title="Mine").status_code] == [403, 403]
    assert deals.get(deal.id).title == deal.title


def test_a_second_review_is_refused_with_the_words_kept(member: Browser, review: Review) -> None:
    answer = member.send("/me/reviews/new", deal_id=str(review.deal_id), rating="4", body="Twice")

    assert answer.status_code == 409
    assert "You have reviewed deal" in answer.text
    assert ">\nTwice</textarea>" in answer.text


def test_a_reply_leads_to_where_it_stands(member: Browser, review: Review) -> None:
    first = member.send("/me/comments/new", review_id=str(review.id), parent_id="", body="First")
    parent_id = first.headers["Location"].partition("#comment-")[2]

    reply = member.send("/me/comments/new", review_id=str(review.id), parent_id=parent_id, body="Second", back="/")

    page = member.look(f"/reviews/{review.id}").text
    assert reply.headers["Location"].startswith(f"/reviews/{review.id}#comment-")
    assert f'id="{reply.headers["Location"].partition("#")[2]}"' in page
    assert page.index("First") < page.index("Second")


def test_what_is_removed_is_asked_about_first(member: Browser, deal: Deal, client: FlaskClient) -> None:
    path = f"/me/deals/{deal.id}/remove"
    assert deal.title in member.look(path).text
    assert client.get(f"/deals/{deal.id}").status_code == 200

    assert member.send(path).headers["Location"] == "/me"
    assert client.get(f"/deals/{deal.id}").status_code == 404


def test_a_script_is_told_what_the_api_tells_and_where_people_would_be_led(member: Browser, deal: Deal) -> None:
    voted = member.send(f"/me/deals/{deal.id}/vote", headers=SCRIPT, value="1")
    refused = member.send("/me/deals/new", headers=SCRIPT, title="", price_cents="1")

    assert (voted.status_code, voted.headers["Location"]) == (200, f"/deals/{deal.id}")
    assert voted.get_json() == {"deal_id": deal.id, "value": 1, "score": 1, "upvote_count": 1, "downvote_count": 0}
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert [fault["field"] for fault in refused.get_json()["errors"]] == ["title"]


def test_no_script_is_ever_told_a_token(app: Flask) -> None:
    Browser(app).send("/register", username="carol", email="carol@people.example", password=PASSWORD)

    answer = Browser(app).send("/login", headers=SCRIPT, login="carol", password=PASSWORD, back="/me/bookmarks")

    assert (answer.status_code, answer.data, answer.headers["Location"]) == (204, b"", "/me/bookmarks")
    assert "HttpOnly" in answer.headers["Set-Cookie"]


def test_a_cookie_opens_no_page_but_ones_own_and_not_the_api(member: Browser, deal: Deal) -> None:
    member.client.set_cookie(OWN_COOKIE, "dr_whatever", path="/")

    assert member.client.get("/api/auth/me").status_code == 401
    assert member.client.post(f"/api/deals/{deal.id}/vote", json={"value": 1}, headers=OWN_PAGE).status_code == 401
    assert member.look(f"/deals/{deal.id}").status_code == 200


def _quoted(path: str) -> str:
    return path.replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")
