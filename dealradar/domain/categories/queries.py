from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Bundle

from dealradar.domain.categories.models import Category
from dealradar.domain.categories.shapes import CategoryOut
from dealradar.domain.shapes import Page
from dealradar.extensions import db

REF: Final[Bundle[Any]] = Bundle("category", Category.id, Category.slug, Category.name)
"""The columns of a CategoryRef, for statements that join categories."""


def tree() -> Page[CategoryOut]:
    """Return every category below its parent, siblings by name: one page that holds them all."""
    children: dict[int | None, list[Category]] = defaultdict(list)
    for category in db.session.scalars(select(Category).order_by(Category.name, Category.id)):
        children[category.parent_id].append(category)
    return Page(items=_grow(None, children), next_cursor=None)


def branch(slug: str) -> Select[int]:
    """Return the statement for the ids of the category *slug* and all below it; of none if it is unknown."""
    found = select(Category.id).where(Category.slug == slug).cte("branch", recursive=True)
    below = select(Category.id).join(found, Category.parent_id == found.c.id)
    return select(found.union(below).c.id)


def _grow(parent_id: int | None, children: Mapping[int | None, Sequence[Category]]) -> list[CategoryOut]:
    return [_with_all_below(child, _grow(child.id, children)) for child in children.get(parent_id, ())]


def _with_all_below(category: Category, below: list[CategoryOut]) -> CategoryOut:
    return CategoryOut(
        id=category.id,
        slug=category.slug,
        name=category.name,
        deal_count=category.deal_count,
        total_deal_count=category.deal_count + sum(child.total_deal_count for child in below),
        children=below,
    )
