"""Which deals of a category, and of all below it, are on a page."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, select, true

from dealradar.domain import categories, pages
from dealradar.domain.deals.models import VISIBLE, Deal
from dealradar.domain.pages import Key, Order, Window


def page(slug: str, among: Collection[ColumnElement[bool]], order: Order, window: Window) -> Select[int]:
    """Return the statement for the ids of the visible deals of *window* in the category *slug* that fulfil *among*.

    A page of each category is read off its index, which has them in order, and the first of these together are the
    page of all: however many deals there are, no more are looked at.

    Raises:
        BadCursorError: The cursor is damaged or belongs to another list.
    """
    branch = categories.branch(slug).subquery("branch")
    keys = (key.column.label(f"key_{i}") for i, key in enumerate(order.keys))
    deals = select(Deal.id, *keys).where(Deal.category_id == branch.c.id, Deal.status.in_(VISIBLE), *among)
    each = pages.cut(deals, order, window).correlate(branch).lateral("each")
    columns = (Key(each.c[f"key_{i}"], descending=key.descending) for i, key in enumerate(order.keys))
    together = select(each.c.id).select_from(branch).join(each, true())
    return together.order_by(*(key.ordered for key in columns)).limit(window.limit + 1)
