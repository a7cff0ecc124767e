"""New deals for feed readers (RFC 4287), the same for everybody and cached as the pages are."""

from collections.abc import Sequence
from typing import Final

from dealradar.domain import categories, deals
from dealradar.domain.categories import CategoryOut
from dealradar.domain.deals import DealQuery, DealSort
from dealradar.domain.errors import NotFoundError
from dealradar.web.endpoint import Routes
from dealradar.web.site.shown import AS_ATOM, Shown

LENGTH: Final = 30
routes: Final = Routes("feeds", AS_ATOM)


@routes.get("/pages/feeds/new.atom")
def new() -> Shown:
    """Return the newest deals."""
    return _feed(None, path="/feeds/new.atom", title="New deals", page="/?sort=new")


@routes.get("/pages/feeds/categories/<slug>/new.atom")
def of_category(slug: str) -> Shown:
    """Return the newest deals of a category and all below it."""
    category = _find(slug, categories.tree().items)
    if category is None:
        raise NotFoundError(f"There is no category {slug}.")
    path, page = f"/feeds/categories/{slug}/new.atom", f"/?sort=new&category={slug}"
    return _feed(slug, path=path, title=f"New deals: {category.name}", page=page)


def _feed(category: str | None, **about: str) -> Shown:
    newest = deals.listing(DealQuery(sort=DealSort.NEW, category=category, limit=LENGTH)).items
    return Shown("feed.xml", {"deals": newest, **about})


def _find(slug: str, branches: Sequence[CategoryOut]) -> CategoryOut | None:
    for branch in branches:
        found = branch if branch.slug == slug else _find(slug, branch.children)
        if found is not None:
            return found
    return None
