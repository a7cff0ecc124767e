"""In which orders deals can be listed, and by what they can be filtered."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, bindparam, func, true, type_coerce

from dealradar.domain import merchants
from dealradar.domain.deals.models import VISIBLE, Deal
from dealradar.domain.deals.shapes import DealQuery, DealSort
from dealradar.domain.pages import Key, Order


@dataclass(frozen=True)
class Sort:
    """An order of deals, and which of them have a place in it."""

    order: Order
    among: ColumnElement[bool]


def _by(name: DealSort, column: Any, *, descending: bool, among: ColumnElement[bool] | None = None) -> Sort:  # noqa: ANN401  a column of any type
    keys = (Key(column, descending=descending), Key(Deal.id, descending=descending))
    return Sort(Order(name, keys), true() if among is None else among)


SORTS: Final = {
    DealSort.HOT: _by(DealSort.HOT, Deal.hot_score, descending=True),
    DealSort.NEW: _by(DealSort.NEW, Deal.created_at, descending=True),
    DealSort.TOP: _by(DealSort.TOP, Deal.score, descending=True),
    DealSort.PRICE: _by(DealSort.PRICE, Deal.price_cents, descending=False),
    DealSort.DISCOUNT: _by(DealSort.DISCOUNT, Deal.discount_ratio, descending=True),
    DealSort.ENDING: _by(DealSort.ENDING, Deal.ends_at, descending=False, among=Deal.ends_at.is_not(None)),
}


FILTERS: Final[Mapping[str, Callable[[ColumnElement[Any]], ColumnElement[bool]]]] = {
    "merchant": lambda slug: Deal.merchant_id == merchants.named(slug).scalar_subquery(),
    "author": lambda user_id: Deal.author_id == user_id,
    "min_price": lambda cents: Deal.price_cents >= cents,
    "max_price": lambda cents: Deal.price_cents <= cents,
    "min_rating": lambda rating: Deal.rating_avg >= type_coerce(rating, Integer),
    "q": lambda words: Deal.search.bool_op("@@")(func.websearch_to_tsquery("english", type_coerce(words, String))),
}
"""What a parameter of the list leaves of the deals."""


def values(query: DealQuery) -> dict[str, Any]:
    """Return those of `FILTERS` that *query* sets, which are the parameters of `conditions`."""
    return {name: value for name in FILTERS if (value := getattr(query, name)) is not None}


def conditions(status: str, names: Collection[str]) -> list[ColumnElement[bool]]:
    """Return what a deal must fulfil to be in the list of that *status* that the filters of those *names* leave."""
    has_status = Deal.status.in_(VISIBLE) if status == "all" else Deal.status == status
    return [has_status, *(FILTERS[name](bindparam(name)) for name in names)]
