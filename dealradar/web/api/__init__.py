"""The API's endpoints, a file a family."""

from dealradar.web.api import bookmarks, categories, deals, merchants
from dealradar.web.endpoint import Routes

FAMILIES: tuple[Routes, ...] = (
    bookmarks.routes,
    categories.routes,
    deals.routes,
    merchants.routes,
)
