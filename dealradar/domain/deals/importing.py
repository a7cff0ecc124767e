"""Deals that an import makes, so that reviews of products have something to be about."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from dealradar.domain import arrivals
from dealradar.domain.arrivals import Arrivals
from dealradar.domain.deals.models import Deal

UNKNOWN_PRICE_CENTS = 0


@dataclass(frozen=True)
class Product:
    """A product that others have reviewed; where it comes from and what it is there."""

    source_key: str
    author_id: int
    category_id: int | None
    title: str
    description: str


def imported(source_keys: Collection[str]) -> Mapping[str, int]:
    """Return the ids of the deals that were imported under these keys."""
    return arrivals.ids_by(Deal.source_key, source_keys)


def bring_in(products: Collection[Product]) -> Arrivals:
    """Make active deals of those *products* that are none yet; the caller commits.

    Nobody has named a price: it is 0, and nothing enters the history of prices.
    """
    rows = [{**asdict(product), "price_cents": UNKNOWN_PRICE_CENTS} for product in products]
    return arrivals.bring_in(Deal.source_key, rows)
