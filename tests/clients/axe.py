"""axe-core, which looks for what keeps people from using a page: contrast, names, structure, size of targets."""

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
"""All that WCAG 2.2 asks for at level AA and a program can judge, and what axe's makers ask for besides."""


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, a line an element."""
    found: dict[str, Any] = Axe().run(page, options=RULES).response
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
