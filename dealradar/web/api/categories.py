"""Categories over HTTP."""

from dealradar.domain import categories
from dealradar.domain.categories import CategoryOut
from dealradar.domain.shapes import Page
from dealradar.web.endpoint import Routes

routes = Routes("categories")


@routes.get("/categories")
def tree() -> Page[CategoryOut]:
    """List all categories as a tree, with how many deals each has."""
    return categories.tree()
