"""The administrators' dashboard in Chromium, on the running site."""

from collections.abc import Iterator
from typing import Final, Literal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect, sync_playwright

from dealradar.domain import users
from dealradar.domain.users import Registration, Role
from dealradar.httpcache.control import warm_runs
from dealradar.httpcache.control.planning import Skip
from dealradar.httpcache.control.warm_runs import Tally, Trigger
from dealradar.invalidation import bookkeeping, transaction
from tests.clients import axe
from tests.clients.chromium import MISSING, OPTIONS, PROGRAM
from tests.factories.alerts import make_alert
from tests.servers.site import Site
from tests.servers.valkey import Valkey

PASSWORD: Final = "a long pass phrase"
PATIENCE_MS: Final = 20_000
PHONE_PX: Final = 390
DESK_PX: Final = 1280
LOOKS: Final[tuple[tuple[Literal["light", "dark"], int], ...]] = (
    ("light", DESK_PX),
    ("dark", DESK_PX),
    ("dark", PHONE_PX),
    ("light", PHONE_PX),
)
pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


def join(app: Flask, name: str, role: Role) -> None:
    with app.app_context(), transaction():
        wish = Registration(username=name, email=f"{name}@example.org", password=PASSWORD)
        users.join(wish, role=role, passwords=app.extensions["passwords"])


@pytest.fixture
def valkey(lasting_valkey: Valkey) -> Valkey:
    """Return the store of the site that these tests share."""
    return lasting_valkey


@pytest.fixture
def site(settled: Site) -> Site:
    """Return that site."""
    return settled


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """Return a page of a browser that stands before the log-in; what its console complained of fails the test."""
    faults: list[str] = []
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=PROGRAM, args=OPTIONS) as browser:
        page = browser.new_page(reduced_motion="reduce")  # a colour on its way to another is nobody's to judge
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)  # readings are written down each few seconds, in slots of ten
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(f"{site.url}/admin/")
        yield page
    assert faults == []


def log_in(page: Page, name: str) -> None:
    page.get_by_label("Username or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_an_admin_sees_traffic_looks_after_an_alert_and_changes_a_policy(page: Page, site: Site, app: Flask) -> None:
    join(app, "grace", Role.ADMIN)
    make_alert()
    with app.app_context(), bookkeeping():
        warm_runs.save(warm_runs.begin(Trigger.LOSS), Tally(7, 0, {Skip.UNWANTED: 3}), duration_s=1.5)
    log_in(page, "grace")
    expect(page.locator("#tiles .tile")).to_have_count(8)
    expect(page.locator("#jobs li", has_text="Kept warm")).to_contain_text("7 stored")

    for _ in range(30):
        site.ask("/api/deals")
    expect(page.locator(".tile", has_text="Hit ratio").locator(".figure")).to_contain_text("%")
    expect(page.locator(".chart", has_text="Requests").locator("path.line, circle.dot")).not_to_have_count(0)

    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#alerts")).to_contain_text("Acknowledged by")

    page.locator("#silence [name=signal]").select_option("outbox_oldest")
    page.locator("#silence [name=reason]").fill("planned")
    page.locator("#silence").get_by_role("button", name="Silence").click()
    expect(page.locator(".silence[data-signal=outbox_oldest]")).to_contain_text("planned")

    row = page.locator("tr[data-endpoint='/deals']")
    row.get_by_role("button", name="Switch off").click()
    expect(row.get_by_role("button", name="Switch on")).to_be_visible()
    expect(page.locator("#jobs")).to_contain_text("off")

    for scheme, width_px in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width_px, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width_px
        assert axe.faults(page) == []


def test_that_redis_is_gone_is_said_on_the_page(page: Page, app: Flask, valkey: Valkey) -> None:
    join(app, "grace", Role.ADMIN)
    log_in(page, "grace")
    expect(page.locator("#tiles .tile")).to_have_count(8)

    valkey.kill()

    expect(page.locator("#notices")).to_contain_text("Redis unreachable since")
    valkey.start()


def test_who_is_no_admin_sees_nothing(page: Page, app: Flask) -> None:
    join(app, "heidi", Role.MEMBER)

    log_in(page, "heidi")

    expect(page.locator("#refusal")).to_contain_text("needs the role admin")
    expect(page.locator("#board")).to_be_hidden()
