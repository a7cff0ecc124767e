"""Chromium, whose own cache stands between a page's script and the site."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from tests.clients.playing import Seen

PROGRAM: Final = shutil.which("chromium") or shutil.which("google-chrome")
MISSING: Final = None if PROGRAM else "chromium is not installed (Debian: apt-get install chromium)"
OPTIONS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
ASK: Final = """
    async ([path, options]) => {
        const answer = await fetch(path, options);
        const text = await answer.text();
        return [answer.status, text ? JSON.parse(text) : null];
    }
"""


@dataclass(frozen=True)
class Tab:
    """A page of the site's own origin, from which is asked as any script of ours would."""

    page: Page

    def ask(self, path: str, *, method: str = "GET", token: str | None = None, send: Any = None) -> Seen:
        """Return the answer to one request; *send* goes as JSON."""
        fields = {} if token is None else {"Authorization": f"Bearer {token}"}
        options: dict[str, Any] = {"method": method, "headers": fields}
        if send is not None:
            options["body"] = json.dumps(send)
            fields["Content-Type"] = "application/json"
        status, content = self.page.evaluate(ASK, [path, options])
        return Seen(status, content)


@contextmanager
def chromium(url: str) -> Iterator[Tab]:
    """Give a tab of a browser that is at *url* for the first time."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=PROGRAM, args=OPTIONS) as browser:
        page = browser.new_page()
        page.goto(f"{url}/health")
        yield Tab(page)
