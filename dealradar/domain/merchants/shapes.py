"""What the world sees of merchants, and how it asks for them."""

from enum import StrEnum

from dealradar.domain.shapes import ListQuery, Moment, Output


class MerchantSort(StrEnum):
    """In which order merchants are listed."""

    NAME = "name"
    DEALS = "deals"


class MerchantQuery(ListQuery):
    """The parameters of the list of merchants."""

    sort: MerchantSort = MerchantSort.NAME


class MerchantRef(Output):
    """The shop of something: what a page shows beside it."""

    id: int
    slug: str
    name: str


class MerchantOut(MerchantRef):
    """A shop."""

    url: str | None
    deal_count: int
    created_at: Moment
