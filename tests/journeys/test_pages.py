"""The site's pages in Chromium, with and without scripts, on a phone and at a desk."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dealradar.domain.users.models import User
from tests.clients import axe
from tests.clients.chromium import MISSING, OPTIONS, PROGRAM
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review
from tests.servers.site import Site
from tests.servers.valkey import Valkey

LOOKS: Final[tuple[tuple[Literal["light", "dark"], int], ...]] = (("light", 1280), ("dark", 390))
pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@pytest.fixture
def valkey(lasting_valkey: Valkey) -> Valkey:
    """Return the store of the site that these tests share."""
    return lasting_valkey


@pytest.fixture
def site(settled: Site) -> Site:
    """Return that site."""
    return settled


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Return a browser."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=PROGRAM, args=OPTIONS) as browser:
        yield browser


@pytest.fixture
def paths(alice: User, bob: User) -> list[str]:
    """Return the paths of one page of each kind, which have something to show."""
    deal = make_deal(alice, title="Folding bicycle")
    review = make_review(deal, bob)
    make_comment(review, alice)
    return ["/", f"/deals/{deal.id}", f"/reviews/{review.id}", f"/users/{bob.id}"]


def test_nothing_keeps_people_from_using_a_page_and_none_is_wider_than_the_screen(
    browser: Browser, site: Site, paths: list[str]
) -> None:
    for scheme, width_px in LOOKS:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width_px, "height": 844})
        for path in paths:
            page.goto(f"{site.url}{path}")

            assert page.evaluate("document.documentElement.scrollWidth") <= width_px
            assert axe.faults(page) == []


def test_without_scripts_a_deal_is_searched_found_and_read(browser: Browser, site: Site, paths: list[str]) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{site.url}/")

    page.get_by_label("Search deals").fill("bicycle")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Folding bicycle").click()
    page.get_by_role("link", name="1 comment").click()

    expect(page).to_have_url(f"{site.url}{paths[2]}#comments")
    expect(page.locator(".thread > li")).to_have_count(1)


def test_a_second_visit_costs_one_request_that_is_answered_304_by_a_hit(
    browser: Browser, site: Site, paths: list[str]
) -> None:
    page = browser.new_page()
    page.goto(f"{site.url}{paths[1]}", wait_until="networkidle")
    page.goto("about:blank")
    sent: list[tuple[int, str]] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.responseReceivedExtraInfo", lambda event: sent.append(_as_sent(event)))

    page.goto(f"{site.url}{paths[1]}", wait_until="networkidle")

    assert sent == [(304, "HIT")]
    expect(page.get_by_role("heading", level=1)).to_have_text("Folding bicycle")


def _as_sent(event: dict[str, Any]) -> tuple[int, str]:
    """Return the status and X-Cache that came over the wire; what the browser had to itself has no such event."""
    fields = {name.lower(): value for name, value in event["headers"].items()}
    return event["statusCode"], fields.get("x-cache", "")
