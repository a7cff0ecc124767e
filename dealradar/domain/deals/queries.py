from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Bundle

from dealradar.domain import categories, merchants, pages
from dealradar.domain.categories.models import Category
from dealradar.domain.deals import branches
from dealradar.domain.deals.models import VISIBLE, Deal, PriceChange
from dealradar.domain.deals.shapes import DealOut, DealPlace, DealQuery, DealSort, PriceOut
from dealradar.domain.deals.sorts import SORTS, conditions, values
from dealradar.domain.errors import NotFoundError
from dealradar.domain.merchants.models import Merchant
from dealradar.domain.pages import Key, Listing, Order, Window
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User
from dealradar.extensions import db

LATEST_FIRST: Final = Order("latest", (Key(PriceChange.changed_at), Key(PriceChange.id)))
COLUMNS: Final = (
    *(getattr(Deal, name) for name in DealOut.model_fields if name not in {"author", "merchant", "category"}),
    Bundle("author", *(getattr(User, name) for name in AuthorOut.model_fields)),
    merchants.REF,
    categories.REF,
)
ALL_VISIBLE: Final[Select[*tuple[Any, ...]]] = (
    select(*COLUMNS)
    .join(User, User.id == Deal.author_id)
    .outerjoin(Merchant, Merchant.id == Deal.merchant_id)
    .outerjoin(Category, Category.id == Deal.category_id)
    .where(Deal.status.in_(VISIBLE))
)
"""Every visible deal, with all that a DealOut carries; made once, for making it takes a fifth of a read."""

MAX_LISTINGS: Final = 128
"""So many combinations of an order, a status and filters have their statements kept; there are a thousand."""


def listing(query: DealQuery) -> Page[DealOut]:
    """Return a page of the deals that *query* asks for.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    filters = query.model_dump_json(exclude={"limit", "cursor", "sort"})
    window = Window(scope=f"deals {filters}", limit=query.limit, cursor=query.cursor)
    filled_in = values(query)
    if query.category is None:
        return _listing(query.sort, query.status, tuple(filled_in)).fetch(db.session(), window, filled_in)
    sort = SORTS[query.sort]
    among = (*conditions(query.status, filled_in), sort.among)
    statement = ALL_VISIBLE.where(Deal.id.in_(branches.page(query.category, among, sort.order, window)))
    rows, next_cursor = pages.fetch(db.session(), statement.params(filled_in), sort.order, window)
    return Page(items=[DealOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@lru_cache(maxsize=MAX_LISTINGS)
def _listing(sort: DealSort, status: str, filters: tuple[str, ...]) -> Listing[DealOut]:
    """Return the list of all such queries."""
    statement = ALL_VISIBLE.where(*conditions(status, filters), SORTS[sort].among)
    return Listing(DealOut, statement, SORTS[sort].order)


def between(first_id: int, last_id: int) -> tuple[DealPlace, ...]:
    """Return the visible deals with ids from *first_id* to *last_id*, in their order."""
    places = select(Deal.id, Deal.updated_at).where(Deal.id.between(first_id, last_id), Deal.status.in_(VISIBLE))
    return tuple(DealPlace(*row) for row in db.session.execute(places.order_by(Deal.id)))


def last_id() -> int:
    """Return the highest id of a deal, be it visible or not; 0 if there is none."""
    return db.session.scalar(select(Deal.id).order_by(Deal.id.desc()).limit(1)) or 0


def get(deal_id: int, *, for_update: bool = False) -> DealOut:
    """Return the deal; *for_update* locks it until the transaction ends.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
    """
    statement = ALL_VISIBLE.where(Deal.id == deal_id)
    if for_update:
        statement = statement.with_for_update(of=Deal, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise absent(deal_id)
    return DealOut.model_validate(row)


def ensure_visible(deal_id: int) -> None:
    """Return if people can see the deal.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
    """
    statement = select(Deal.id).where(Deal.id == deal_id, Deal.status.in_(VISIBLE))
    if db.session.scalar(statement) is None:
        raise absent(deal_id)


def author_of(deal_id: int) -> int:
    """Return the id of who posted the deal, be it visible or not.

    Raises:
        NotFoundError: There is no such deal.
    """
    author_id = db.session.scalar(select(Deal.author_id).where(Deal.id == deal_id))
    if author_id is None:
        raise absent(deal_id)
    return author_id


def history(deal_id: int, query: ListQuery) -> Page[PriceOut]:
    """Return a page of the prices that the deal has had, the present one first.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
        BadCursorError: The cursor is not of this list.
    """
    columns = (PriceChange.price_cents, PriceChange.list_price_cents, PriceChange.changed_at)
    of_one_seen = (PriceChange.deal_id == deal_id, Deal.status.in_(VISIBLE))
    statement = select(*columns).join(Deal, Deal.id == PriceChange.deal_id).where(*of_one_seen)
    window = Window(scope=f"prices of deal {deal_id}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), statement, LATEST_FIRST, window)
    if not rows:
        ensure_visible(deal_id)
    return Page(items=[PriceOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def absent(deal_id: int) -> NotFoundError:
    """Return the error that says so, in the same words whether the deal never was or may not be seen."""
    return NotFoundError(f"There is no deal {deal_id}.")
