"""Merchants over HTTP."""

from dealradar.domain import merchants
from dealradar.domain.merchants import MerchantOut, MerchantQuery
from dealradar.domain.shapes import Page
from dealradar.web.endpoint import Routes

routes = Routes("merchants")


@routes.get("/merchants")
def listing(query: MerchantQuery) -> Page[MerchantOut]:
    """List merchants by name, or those with the most deals first."""
    return merchants.listing(query)


@routes.get("/merchants/<slug>")
def get(slug: str) -> MerchantOut:
    """Show one merchant."""
    return merchants.get(slug)
