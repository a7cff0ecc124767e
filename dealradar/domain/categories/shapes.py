"""What the world sees of categories."""

from __future__ import annotations

from dealradar.domain.shapes import Output


class CategoryRef(Output):
    """The category of something: what a page shows beside it."""

    id: int
    slug: str
    name: str


class CategoryOut(CategoryRef):
    """A category with all below it.

    Attributes:
        deal_count: The deals of this very category.
        total_deal_count: Those of its descendants as well.
    """

    deal_count: int
    total_deal_count: int
    children: list[CategoryOut]
