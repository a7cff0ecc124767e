"""Three people on the site in Chromium: one who just looks, a member, a moderator; each works with scripts off too."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dealradar.config import Settings
from dealradar.domain.users.models import User
from dealradar.security.sessions import OWN, OWN_COOKIE
from tests.clients.chromium import MISSING, OPTIONS, PROGRAM
from tests.clients.visits import Visit
from tests.factories.deals import make_deal
from tests.factories.people import token_for
from tests.factories.reviews import make_comment, make_review
from tests.routes import PASSWORD
from tests.servers.site import Site, told
from tests.servers.valkey import Valkey

WAYS: Final = (
    pytest.param(True, 390, id="scripts, phone"),
    pytest.param(True, 1280, id="scripts, desk"),
    pytest.param(False, 390, id="no scripts, phone"),
    pytest.param(False, 1280, id="no scripts, desk"),
)
SHIFTS: Final = """
    window.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
        .observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFTED: Final = 0.01
"""A tenth of what counts as a good cumulative layout shift; that days become ages may move the end of a line."""
pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@pytest.fixture(scope="module")
def lasting_environment(settings: Settings, lasting_valkey: Valkey) -> dict[str, str]:
    """Return what the site is told: that many may join in a minute."""
    return told(settings, lasting_valkey) | {"REGISTER_MAX_PER_MINUTE": "1000"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=PROGRAM, args=OPTIONS) as browser:
        yield browser


Visits = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, settled: Site) -> Iterator[Visits]:
    """Return what opens a window for *user*, or for nobody; it is seen that no script fails in it."""
    opened: list[Visit] = []

    def begin(user: User | None = None, *, scripts: bool = True, width_px: int = 1280) -> Visit:
        viewport = {"width": width_px, "height": 844}
        context = browser.new_context(java_script_enabled=scripts, viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]  # its own type of size
        if user is not None:
            cookie = {"name": OWN_COOKIE, "value": token_for(user), "domain": "127.0.0.1", "path": OWN}
            context.add_cookies([cookie])  # type: ignore[list-item]  # its own type of cookie
            context.add_init_script("localStorage.setItem('dealradar.member', '1')")
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(Visit(settled, context, page, scripts, complaints))
        return opened[-1]

    yield begin
    for each in opened:
        each.context.close()
        assert each.complaints == []


@pytest.mark.parametrize(("scripts", "width_px"), WAYS)
def test_a_deal_is_found_reviewed_discussed_reported_and_judged(
    visit: Visits, bob: User, mona: User, *, scripts: bool, width_px: int
) -> None:
    member = visit(scripts=scripts, width_px=width_px)
    moderator = visit(mona, scripts=scripts, width_px=width_px)
    reader = visit(scripts=scripts, width_px=width_px)

    _join(member)
    path = _post_a_deal(member)
    _have_a_say(member, words="Your reply" if scripts else "Your words")
    _report(visit(bob, scripts=scripts, width_px=width_px), member.page.url)
    reader.open(path)
    expect(reader.page.get_by_text("Quiet and quick")).to_be_visible()
    _hide(moderator)

    reader.open(path)
    expect(reader.page.get_by_text("Nobody has reviewed this yet.")).to_be_visible()
    member.open("/me")
    member.is_fit()
    member.press("Log out")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("Deals")
    member.open("/me/bookmarks")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("Log in")


def _join(member: Visit) -> None:
    member.open("/")
    member.follow("Account")
    member.follow("Join instead")
    member.is_fit()
    member.fill(Username="carol", **{"E-mail_address": "carol@people.example"}, Password="short-pw")
    member.fill(Password=PASSWORD)
    member.press("Join")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("carol")


def _post_a_deal(member: Visit) -> str:
    member.follow("Post a deal")
    member.is_fit()
    member.fill(Title="Folding bicycle")
    member.page.get_by_label("Price in $", exact=True).fill("cheap")
    member.press("Post")
    expect(member.page.get_by_text("is no price; write it like 19.99")).to_be_visible()
    expect(member.page.get_by_label("Title")).to_have_value("Folding bicycle")
    member.page.get_by_label("Price in $", exact=True).fill("249.90")
    member.press("Post")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("Folding bicycle")
    member.press("Vote for this deal")
    expect(member.page.locator(".deal [data-count]")).to_have_text("1")
    with member.page.expect_response("**/bookmark"):
        member.press("Keep for later")
    path = member.page.url.removeprefix(member.site.url)
    member.open("/me/bookmarks")
    member.is_fit()
    member.follow("Folding bicycle")
    return path


def _have_a_say(member: Visit, *, words: str) -> None:
    member.follow("Write a review")
    member.is_fit()
    member.fill(Your_review="Quiet and quick")
    member.press("Publish")
    member.follow("0 comments")
    member.follow("Join the discussion")
    member.page.get_by_label(words).fill("How heavy is it?")
    member.press("Send")
    expect(member.page.locator(".thread > li")).to_have_count(1)
    member.follow("Reply")
    member.page.get_by_label(words).fill("Eleven kilograms.")
    member.press("Send")
    expect(member.page.locator(".thread .thread > li")).to_have_count(1)
    member.is_fit()


def _report(other: Visit, url: str) -> None:
    other.page.goto(url)
    other.follow("Report")
    other.is_fit()
    other.fill(**{"What_should_moderators_know?": "It is an advertisement."})
    other.press("Report")
    expect(other.page.get_by_role("heading", level=1)).to_have_text("Review of Folding bicycle")


def _hide(moderator: Visit) -> None:
    moderator.open("/me/moderation/reports?waiting=true")
    moderator.is_fit()
    expect(moderator.page.get_by_text("It is an advertisement.")).to_be_visible()
    moderator.page.get_by_role("checkbox").check()
    moderator.press("Hide")
    expect(moderator.page.get_by_text("Nothing to do here.")).to_be_visible()
    for path in ("/me/moderation/log", "/me/moderation/people"):
        moderator.open(path)
        moderator.is_fit()


@pytest.mark.parametrize("width_px", [390, 1280])
def test_what_is_laid_over_a_page_for_its_reader_moves_nothing(
    visit: Visits, alice: User, mona: User, width_px: int
) -> None:
    review = make_review(make_deal(alice, title="Folding bicycle"), alice)
    make_comment(review, alice)
    for person in (alice, mona):
        reader = visit(person, width_px=width_px)
        reader.context.add_init_script(SHIFTS)
        for path in (f"/deals/{review.deal_id}", f"/reviews/{review.id}"):
            reader.open(path)
            expect(reader.page.get_by_role("link", name="Edit", exact=True).first).to_be_visible()

            assert reader.page.evaluate("shifts.reduce((sum, each) => sum + each, 0)") < MOST_SHIFTED


def test_a_vote_that_doesnt_arrive_is_undone_and_said(visit: Visits, alice: User, bob: User) -> None:
    deal = make_deal(alice)
    reader = visit(bob)
    reader.open(f"/deals/{deal.id}")
    reader.page.route("**/vote", lambda route: route.abort())

    reader.press("Vote for this deal")

    expect(reader.page.get_by_role("alert")).to_have_text("That didn\u2019t reach us. Please try again.")
    expect(reader.page.locator(".deal [data-count]")).to_have_text("0")
    expect(reader.page.get_by_role("button", name="Vote for this deal")).to_have_attribute("aria-pressed", "false")
    reader.page.unroute("**/vote")
    reader.press("Vote for this deal")
    expect(reader.page.locator(".deal [data-count]")).to_have_text("1")
    reader.open(f"/deals/{deal.id}")
    expect(reader.page.get_by_role("button", name="Vote for this deal")).to_have_attribute("aria-pressed", "true")


def test_what_was_typed_outlasts_a_session_that_is_over(visit: Visits, alice: User, bob: User) -> None:
    review = make_review(make_deal(alice), alice)
    writer = visit(bob)
    writer.open(f"/me/comments/new?review_id={review.id}")
    writer.fill(Your_words="A long thou")
    writer.open(f"/me/comments/new?review_id={review.id}")
    expect(writer.page.get_by_label("Your words")).to_have_value("A long thou")
    writer.fill(Your_words="A long thought")
    writer.context.clear_cookies()

    writer.press("Send")
    expect(writer.page.get_by_role("heading", level=1)).to_have_text("Log in")
    writer.context.add_cookies([{"name": OWN_COOKIE, "value": token_for(bob), "domain": "127.0.0.1", "path": OWN}])
    writer.open(f"/me/comments/new?review_id={review.id}")

    expect(writer.page.get_by_label("Your words")).to_have_value("A long thought")
    writer.press("Send")
    expect(writer.page.get_by_text("A long thought")).to_be_visible()
    writer.open(f"/me/comments/new?review_id={review.id}")
    expect(writer.page.get_by_label("Your words")).to_have_value("")


def test_a_reader_is_told_of_new_replies_and_shown_them_when_they_like(visit: Visits, alice: User, bob: User) -> None:
    review = make_review(make_deal(alice), alice)
    make_comment(review, alice)
    reader = visit()
    reader.page.clock.install()
    reader.open(f"/reviews/{review.id}")
    writer = visit(bob)
    for words in ("One", "Two"):
        writer.open(f"/me/comments/new?review_id={review.id}")
        writer.fill(Your_words=words)
        writer.press("Send")
        expect(writer.page.get_by_text(words, exact=True)).to_be_visible()

    reader.page.clock.fast_forward(21_000)
    reader.press("2 new replies")

    expect(reader.page.locator(".thread li")).to_have_count(3)


def test_reports_are_worked_by_keys(visit: Visits, alice: User, bob: User, mona: User) -> None:
    review = make_review(make_deal(alice), alice)
    member = visit(bob)
    for path in (f"target_type=review&target_id={review.id}", f"target_type=deal&target_id={review.deal_id}"):
        member.open(f"/me/report?{path}")
        member.press("Report")
        expect(member.page.get_by_role("heading", level=1)).to_have_text("Deals")
    moderator = visit(mona)
    moderator.open("/me/moderation/reports?waiting=true")
    expect(moderator.page.locator(".keys")).to_be_visible()

    for key in ("j", "j", "x", "d"):
        moderator.page.keyboard.press(key)

    expect(moderator.page.locator("li.report")).to_have_count(1)
