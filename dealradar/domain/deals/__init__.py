"""Deals: what is worth buying, at which price, and what people think of it at a glance."""

from dealradar.domain.deals.bookmarks import bookmark, bookmarked_by, kept_of, unbookmark
from dealradar.domain.deals.browsing import BrowseQuery
from dealradar.domain.deals.importing import Product, bring_in, imported
from dealradar.domain.deals.models import VISIBLE, DealStatus
from dealradar.domain.deals.queries import author_of, between, ensure_visible, get, history, last_id, listing
from dealradar.domain.deals.service import change, close_ended, post, remove, set_status
from dealradar.domain.deals.shapes import (
    Ballot,
    BookmarkOut,
    DealChange,
    DealDraft,
    DealOut,
    DealPlace,
    DealQuery,
    DealSort,
    PriceOut,
    TallyOut,
    VoteOnDealOut,
)
from dealradar.domain.deals.votes import cast_on, vote, votes_of

__all__ = [
    "VISIBLE",
    "Ballot",
    "BookmarkOut",
    "BrowseQuery",
    "DealChange",
    "DealDraft",
    "DealOut",
    "DealPlace",
    "DealQuery",
    "DealSort",
    "DealStatus",
    "PriceOut",
    "Product",
    "TallyOut",
    "VoteOnDealOut",
    "author_of",
    "between",
    "bookmark",
    "bookmarked_by",
    "bring_in",
    "cast_on",
    "change",
    "close_ended",
    "ensure_visible",
    "get",
    "history",
    "imported",
    "kept_of",
    "last_id",
    "listing",
    "post",
    "remove",
    "set_status",
    "unbookmark",
    "vote",
    "votes_of",
]
