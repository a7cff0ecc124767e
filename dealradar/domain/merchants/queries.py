from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, func, select
from sqlalchemy.orm import Bundle

from dealradar.domain import pages
from dealradar.domain.errors import NotFoundError
from dealradar.domain.merchants.models import Merchant
from dealradar.domain.merchants.shapes import MerchantOut, MerchantQuery, MerchantSort
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import Page
from dealradar.extensions import db

REF: Final[Bundle[Any]] = Bundle("merchant", Merchant.id, Merchant.slug, Merchant.name)
"""The columns of a MerchantRef, for statements that join merchants."""

SORTED_LENGTH: Final = 24
"""How many letters of their names merchants are sorted by, so that any fit into a cursor."""

BEGINNING: Final = func.left(func.lower(Merchant.name), SORTED_LENGTH, type_=String)
ORDERS: Final = {
    MerchantSort.NAME: Order("name", (Key(BEGINNING, descending=False), Key(Merchant.id, descending=False))),
    MerchantSort.DEALS: Order("deals", (Key(Merchant.deal_count), Key(Merchant.id))),
}


def listing(query: MerchantQuery) -> Page[MerchantOut]:
    """Return a page of all merchants.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    window = Window(scope="merchants", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), _merchants(), ORDERS[query.sort], window)
    return Page(items=[MerchantOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def get(slug: str) -> MerchantOut:
    """Return the merchant *slug*.

    Raises:
        NotFoundError: There is no such merchant.
    """
    row = None if "\x00" in slug else db.session.execute(_merchants().where(Merchant.slug == slug)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no merchant {slug}.")
    return MerchantOut.model_validate(row)


def named(slug: str | ColumnElement[str]) -> Select[int]:
    """Return the statement for the id of the merchant *slug*; of none if it is unknown."""
    return select(Merchant.id).where(Merchant.slug == slug)


def _merchants() -> Select[*tuple[Any, ...]]:
    return select(Merchant.id, Merchant.slug, Merchant.name, Merchant.url, Merchant.deal_count, Merchant.created_at)
