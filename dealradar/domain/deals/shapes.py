"""What the world sees of deals, how it asks for them, and what people send of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from dealradar.domain.categories import CategoryRef
from dealradar.domain.merchants import MerchantRef
from dealradar.domain.shapes import Id, Input, ListQuery, Moment, NotNull, Output, PriceCents, Slug, Storable, Worded
from dealradar.domain.users import AuthorOut


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if any(char.isspace() or not char.isprintable() for char in text):
        raise ValueError("must not contain spaces or control characters")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address of the web, such as https://example.org/offer")
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name or password")
    return text


def _words(text: str) -> str | None:
    return " ".join(text.split()) or None


Title = Annotated[str, Field(min_length=1, max_length=200), Storable, Worded]
Description = Annotated[str, Field(max_length=10_000), Storable]
WebAddress = Annotated[str, Field(max_length=2_000), Storable, AfterValidator(_web_address)]
CouponCode = Annotated[str, Field(min_length=1, max_length=64), Storable, Worded]
SearchText = Annotated[str, Field(max_length=200), Storable, AfterValidator(_words)]
OpenStatus = Literal["active", "expired"]


class DealSort(StrEnum):
    """In which order deals are listed; ``ending`` lists only those that have an end."""

    HOT = "hot"
    NEW = "new"
    TOP = "top"
    PRICE = "price"
    DISCOUNT = "discount"
    ENDING = "ending"


class DealQuery(ListQuery):
    """The parameters of the list of deals."""

    sort: DealSort = DealSort.HOT
    status: Literal["active", "expired", "all"] = "active"
    category: Annotated[Slug | None, Field(description="The category, with all below it.")] = None
    merchant: Slug | None = None
    author: Annotated[Id | None, Field(description="Only those that this person posted.")] = None
    min_price: Annotated[PriceCents | None, Field(description="In cents.")] = None
    max_price: Annotated[PriceCents | None, Field(description="In cents.")] = None
    min_rating: Annotated[int, Field(ge=1, le=5)] | None = None
    q: Annotated[SearchText | None, Field(description='Words of the text; "a phrase", or, and -not work.')] = None


class DealOut(Output):
    """A deal, with what a page shows beside it.

    Attributes:
        discount_ratio: How much of the list price is saved, 0 to 1.
        score: Up-votes less down-votes.
    """

    id: int
    title: str
    description: str
    url: str | None
    price_cents: int
    list_price_cents: int | None
    discount_ratio: float
    coupon_code: str | None
    status: OpenStatus
    starts_at: Moment | None
    ends_at: Moment | None
    author: AuthorOut
    merchant: MerchantRef | None
    category: CategoryRef | None
    score: int
    upvote_count: int
    downvote_count: int
    bookmark_count: int
    review_count: int
    rating_avg: float | None
    comment_count: int
    created_at: Moment
    updated_at: Moment

    @field_validator("merchant", "category", mode="before")
    @classmethod
    def _none_where_nothing_was_joined(cls, joined: Any) -> Any:  # noqa: ANN401  a row, or what came of one
        return joined if getattr(joined, "id", joined) is not None else None


@dataclass(frozen=True)
class DealPlace:
    """A deal that can be found, and when it last changed."""

    id: int
    updated_at: datetime


class BookmarkOut(DealOut):
    """A deal that the caller keeps for later."""

    bookmarked_at: Moment


class PriceOut(Output):
    """What a deal cost from a moment on."""

    price_cents: int
    list_price_cents: int | None
    changed_at: Moment


class TallyOut(Output):
    """The caller's vote on a deal, and everybody's together."""

    deal_id: int
    value: int
    score: int
    upvote_count: int
    downvote_count: int


class VoteOnDealOut(Output):
    """A vote that the caller has cast: 1 for the deal, -1 against it."""

    deal_id: int
    value: int
    voted_at: Moment


class DealDraft(Input):
    """What a person posts as a deal."""

    title: Title
    description: Description = ""
    url: WebAddress | None = None
    price_cents: PriceCents
    list_price_cents: PriceCents | None = None
    coupon_code: CouponCode | None = None
    category_id: Id | None = None
    merchant_id: Id | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class DealChange(Input):
    """What of a deal is to be changed: the fields that are given."""

    title: Annotated[Title | None, NotNull] = None
    description: Annotated[Description | None, NotNull] = None
    url: WebAddress | None = None
    price_cents: Annotated[PriceCents | None, NotNull] = None
    list_price_cents: PriceCents | None = None
    coupon_code: CouponCode | None = None
    category_id: Id | None = None
    merchant_id: Id | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    status: Annotated[OpenStatus | None, NotNull] = None


class Ballot(Input):
    """A vote: for, against, or taken back."""

    value: Annotated[int, Field(ge=-1, le=1)]
