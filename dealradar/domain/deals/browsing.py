"""How people look through deals on a page: what its form sends, and the list that it stands for."""

from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from dealradar.domain.deals.shapes import DealQuery, DealSort, SearchText
from dealradar.domain.shapes import MAX_CENTS, Id, Query, Slug

CENTS: Final = 100
PAGE_DEALS: Final = 20
WholePrice = Annotated[int, Field(ge=0, le=MAX_CENTS // CENTS)]


class BrowseQuery(Query):
    """The parameters of the page of deals; prices are whole, as people write them, not in cents.

    A field of a form that was left empty is as good as none.
    """

    sort: DealSort = DealSort.HOT
    category: Slug | None = None
    merchant: Slug | None = None
    author: Id | None = None
    q: SearchText | None = None
    price_from: WholePrice | None = None
    price_to: WholePrice | None = None
    cursor: Annotated[str | None, Field(max_length=256)] = None

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_empty(cls, given: Any) -> Any:  # noqa: ANN401  whatever is to be validated
        return {name: value for name, value in given.items() if value != ""} if isinstance(given, dict) else given

    @property
    def wish(self) -> DealQuery:
        """Return the list of deals that it stands for, with prices in cents."""
        return DealQuery(
            limit=PAGE_DEALS,
            sort=self.sort,
            category=self.category,
            merchant=self.merchant,
            author=self.author,
            q=self.q,
            min_price=None if self.price_from is None else self.price_from * CENTS,
            max_price=None if self.price_to is None else self.price_to * CENTS,
            cursor=self.cursor,
        )
