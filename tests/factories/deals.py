"""Deals, and where they are found, as rows that are committed."""

from typing import Any, TypeVar

from dealradar.domain.categories.models import Category
from dealradar.domain.deals.models import Deal
from dealradar.domain.merchants.models import Merchant
from dealradar.domain.users.models import User
from dealradar.extensions import Base, db
from dealradar.invalidation import transaction

Row = TypeVar("Row", bound=Base)


def make_category(slug: str, *, parent: Category | None = None, **columns: Any) -> Category:
    """Return a category, below *parent* if there is one."""
    parent_id = parent.id if parent else None
    return _commit(Category(slug=slug, parent_id=parent_id, **{"name": slug.capitalize()} | columns))


def make_merchant(slug: str, **columns: Any) -> Merchant:
    """Return a merchant."""
    return _commit(Merchant(slug=slug, **{"name": slug.capitalize()} | columns))


def make_deal(author: User, **columns: Any) -> Deal:
    """Return a deal of *author*, active unless *columns* say otherwise, without a price history."""
    return _commit(Deal(author_id=author.id, **{"title": "Good headphones", "price_cents": 4_999} | columns))


def _commit(row: Row) -> Row:
    """Return *row* as it was committed; it doesn't follow later changes."""
    with transaction():
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        db.session.expunge(row)
    return row
