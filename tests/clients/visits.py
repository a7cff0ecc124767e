"""A person before a browser: what they press, follow and fill in."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

from tests.clients import axe
from tests.servers.site import Site


@dataclass
class Visit:
    """One person's window on the site; what its page complains of is in *complaints*."""

    site: Site
    context: BrowserContext
    page: Page
    scripts: bool
    complaints: list[str]

    def open(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.site.url}{path}")

    def press(self, name: str) -> None:
        """Press the first button of that name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow the first link of that name."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, **fields: str) -> None:
        """Fill in fields by their labels, which have ``_`` for blanks."""
        for label, text in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(text)

    def is_fit(self) -> None:
        """See that nothing keeps people from using the page as it stands, and that it isn't wider than the screen.

        The page is the same without scripts, and who looks is a script.
        """
        if not self.scripts:
            return
        assert axe.faults(self.page) == []
        assert self.page.viewport_size is not None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.page.viewport_size["width"]
