"""What feed readers, search engines and browsers ask for besides the pages."""

import re
from collections.abc import Callable
from typing import Final

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.config import Settings
from dealradar.domain.deals import DealStatus
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.web.site import sitemaps
from tests.applications import Make
from tests.factories.deals import make_category, make_deal
from tests.integration.site.members import Browser

As = Callable[[User], FlaskClient]
NEW: Final = "/feeds/new.atom"
AWKWARD: Final = "A < B & \x07bell ]]> “quotes”"
PLACE: Final = re.compile(r"<loc>([^<]+)</loc>")


@pytest.fixture
def parts_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each part of the sitemap hold the places of two ids."""
    monkeypatch.setattr(sitemaps, "PART_DEALS", 2)


def test_the_feed_is_one_whatever_people_write_into_their_deals(
    client: FlaskClient, settings: Settings, alice: User
) -> None:
    deal = make_deal(alice, title=AWKWARD, description=AWKWARD)

    answer = client.get(NEW)

    feed = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert (feed.get("bozo_exception"), feed.version) == (None, "atom10")
    (entry,) = feed.entries
    assert entry.id == entry.link == f"{settings.site_url}/deals/{deal.id}"
    assert entry.title.startswith("A < B & bell ]]> “quotes”, $")
    assert (entry.author, bool(entry.published_parsed), bool(entry.updated_parsed)) == ("Alice", True, True)


def test_a_feed_of_nothing_is_one_as_well(client: FlaskClient) -> None:
    feed = feedparser.parse(client.get(NEW).data)

    assert (feed.bozo, feed.entries, feed.feed.updated) == (False, [], "1970-01-01T00:00:00Z")


def test_a_feed_is_a_hit_until_a_deal_is_posted_and_a_304_for_who_has_it(
    client: FlaskClient, app: Flask, alice: User
) -> None:
    first = client.get(NEW)
    again = client.get(NEW, headers={"If-None-Match": first.headers["ETag"]})

    Browser(app, alice).send("/me/deals/new", title="A lamp", price_cents="5")

    assert (again.status_code, again.headers["X-Cache"]) == (304, "HIT")
    assert "A lamp" in client.get(NEW).text


def test_a_categorys_feed_has_what_is_below_it_and_an_unknown_one_none(client: FlaskClient, alice: User) -> None:
    home = make_category("home")
    lamps = make_category("lamps", parent=home)
    make_deal(alice, title="A lamp", category_id=lamps.id)
    make_deal(alice, title="A bicycle")

    feed = feedparser.parse(client.get("/feeds/categories/home/new.atom").data)

    assert [entry.title.partition(",")[0] for entry in feed.entries] == ["A lamp"]
    assert client.get("/feeds/categories/nothing/new.atom").status_code == 404


@pytest.mark.usefixtures("parts_of_two")
def test_the_sitemap_leads_to_every_deal_that_may_be_seen_and_to_no_other(
    client: FlaskClient, settings: Settings, alice: User, deal: Deal
) -> None:
    others = [make_deal(alice) for _ in range(3)]
    hidden = make_deal(alice, status=DealStatus.HIDDEN)

    parts = [place.removeprefix(settings.site_url) for place in PLACE.findall(client.get("/sitemap.xml").text)]
    shown = [place for part in parts for place in PLACE.findall(client.get(part).text)]

    assert shown == [f"{settings.site_url}/deals/{each.id}" for each in (deal, *others)]
    assert f"{settings.site_url}/deals/{hidden.id}" not in shown
    assert client.get(f"/sitemaps/{len(parts) + 1}/deals.xml").status_code == 404


def test_addresses_are_those_at_which_people_reach_the_site(make: Make, alice: User) -> None:
    deal = make_deal(alice)
    elsewhere = make(public_url="https://deals.example").test_client()

    assert f"https://deals.example/deals/{deal.id}" in elsewhere.get(NEW).text
    assert "Sitemap: https://deals.example/sitemap.xml" in elsewhere.get("/robots.txt").text
    assert (
        f'<link rel="canonical" href="https://deals.example/deals/{deal.id}">'
        in elsewhere.get(f"/deals/{deal.id}").text
    )


def test_the_same_store_serves_sites_at_two_addresses(client: FlaskClient, make: Make, deal: Deal) -> None:
    elsewhere = make(public_url="https://deals.example").test_client()
    path = f"/deals/{deal.id}"

    assert "https://deals.example" not in client.get(path).text
    assert "https://deals.example" in elsewhere.get(path).text


def test_the_icon_that_browsers_look_for_is_there(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert client.get("/favicon.ico", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
