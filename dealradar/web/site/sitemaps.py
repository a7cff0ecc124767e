"""What search engines may find here (sitemaps.org): an index, and parts that are each read off one range of ids."""

from typing import Final

from dealradar.domain import deals
from dealradar.domain.errors import NotFoundError
from dealradar.web.endpoint import Routes
from dealradar.web.site.shown import AS_XML, Shown

PART_DEALS: Final = 5_000
"""A part may have ten times as many; one that is smaller is made and sent sooner."""
routes: Final = Routes("sitemaps", AS_XML)


@routes.get("/pages/sitemap.xml")
def index() -> Shown:
    """Return where the parts are."""
    return Shown("sitemap.xml", {"parts": range(1, _count() + 1)})


@routes.get("/pages/sitemaps/<int:part>/deals.xml")
def of_deals(part: int) -> Shown:
    """Return the addresses of the deals whose ids are in this part."""
    if part > _count():
        raise NotFoundError(f"There is no part {part} of the sitemap.")
    last_id = part * PART_DEALS
    return Shown("sitemap_part.xml", {"deals": deals.between(last_id - PART_DEALS + 1, last_id)})


def _count() -> int:
    return -(-deals.last_id() // PART_DEALS)
