"""What is cached, for how long, for whom, by which parameters, and what makes it stale: the only place that says so.

Operators may change how long, and whether, while the program runs: `dealradar.httpcache.overrides`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dealradar.config import Settings
from dealradar.domain.comments import ThreadQuery
from dealradar.domain.deals import BrowseQuery, DealQuery
from dealradar.domain.merchants import MerchantQuery
from dealradar.domain.reports import ReportQuery
from dealradar.domain.reviews import ReviewQuery
from dealradar.domain.shapes import ListQuery, Query

_PLACEHOLDER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


class Sharing(StrEnum):
    """Whom an entry may be given to."""

    PUBLIC = "public"
    PERSON = "person"
    """One entry each caller, of endpoints that not everybody may read."""


@dataclass(frozen=True)
class Policy:
    """How one endpoint is cached.

    Attributes:
        endpoint: Its rule, as `dealradar.httpcache.addresses` has it: below ``/api``, or of a page below ``/pages``.
        ttl: Which setting says how long an entry lives.
        tags: What it depends on, as templates over the ids of its path.
        query: The parameters that make a difference; no others do.
        sharing: Whom an entry may be given to.
        is_enabled: Whether it is cached; all are as declared, until an operator changes it.
    """

    endpoint: str
    ttl: Callable[[Settings], int]
    tags: tuple[str, ...]
    query: type[Query] | None = None
    sharing: Sharing = Sharing.PUBLIC
    is_enabled: bool = True

    @property
    def path_template(self) -> str:
        """Return the path with its ids to be filled in: ``/reviews/deal/{deal_id}``."""
        return _PLACEHOLDER.sub(r"{\1}", self.endpoint)

    def soft_ttl_s(self, settings: Settings) -> float | None:
        """Return the age from which an entry is refreshed while it is served; None where it must not be.

        What one person may see isn't computed without them.
        """
        if self.sharing is not Sharing.PUBLIC:
            return None
        return self.ttl(settings) * settings.cache_soft_ttl_percent / 100

    def not_found_ttl_s(self, settings: Settings) -> int:
        """Return how long it is kept that there is no such thing; 0 where it is not, as of what one person may see."""
        if self.sharing is not Sharing.PUBLIC:
            return 0
        return min(settings.cache_not_found_ttl_s, self.ttl(settings))

    def stale_if_error_s(self, settings: Settings) -> int:
        """Return for how long what is outdated may be served while the database can't be asked; never personal ones."""
        return settings.cache_stale_if_error_s if self.sharing is Sharing.PUBLIC else 0


def reviews_ttl(settings: Settings) -> int:
    """Return the seconds that reviews are kept."""
    return settings.cache_reviews_ttl_s


def comments_ttl(settings: Settings) -> int:
    """Return the seconds that comments are kept."""
    return settings.cache_comments_ttl_s


def reports_ttl(settings: Settings) -> int:
    """Return the seconds that reports are kept."""
    return settings.cache_reports_ttl_s


def default_ttl(settings: Settings) -> int:
    """Return the seconds that everything else is kept."""
    return settings.cache_default_ttl_s


POLICIES: Final = (
    Policy("/categories", default_ttl, tags=("categories",)),
    Policy("/merchants", default_ttl, tags=("merchants",), query=MerchantQuery),
    Policy("/merchants/<slug>", default_ttl, tags=("merchants",)),
    Policy("/users/<int:user_id>", default_ttl, tags=("user:{user_id}",)),
    Policy("/deals", default_ttl, tags=("deals",), query=DealQuery),
    Policy("/deals/<int:deal_id>", default_ttl, tags=("deal:{deal_id}",)),
    Policy(
        "/deals/<int:deal_id>/prices", default_ttl, tags=("deal:{deal_id}", "prices@deal:{deal_id}"), query=ListQuery
    ),
    Policy("/reviews/deal/<int:deal_id>", reviews_ttl, tags=("reviews@deal:{deal_id}",), query=ReviewQuery),
    Policy("/reviews/user/<int:user_id>", reviews_ttl, tags=("reviews@user:{user_id}",), query=ReviewQuery),
    Policy("/reviews/<int:review_id>", reviews_ttl, tags=("review:{review_id}",)),
    Policy("/comments/review/<int:review_id>", comments_ttl, tags=("comments@review:{review_id}",), query=ThreadQuery),
    Policy("/comments/deal/<int:deal_id>", comments_ttl, tags=("comments@deal:{deal_id}",), query=ListQuery),
    Policy("/comments/user/<int:user_id>", comments_ttl, tags=("comments@user:{user_id}",), query=ListQuery),
    Policy("/comments/<int:comment_id>", comments_ttl, tags=("comment:{comment_id}",)),
    Policy("/reports", reports_ttl, tags=("reports",), query=ReportQuery, sharing=Sharing.PERSON),
    Policy("/reports/<int:report_id>", reports_ttl, tags=("reports",), sharing=Sharing.PERSON),
    Policy("/pages", default_ttl, tags=("deals", "categories"), query=BrowseQuery),
    Policy("/pages/feeds/new.atom", default_ttl, tags=("deals", "categories")),
    Policy("/pages/feeds/categories/<slug>/new.atom", default_ttl, tags=("deals", "categories")),
    Policy("/pages/sitemap.xml", default_ttl, tags=("deals",)),
    Policy("/pages/sitemaps/<int:part>/deals.xml", default_ttl, tags=("deals",)),
    Policy(
        "/pages/deals/<int:deal_id>",
        reviews_ttl,
        tags=("deal:{deal_id}", "prices@deal:{deal_id}", "reviews@deal:{deal_id}"),
        query=ReviewQuery,
    ),
    Policy(
        "/pages/reviews/<int:review_id>",
        comments_ttl,
        tags=("review:{review_id}", "comments@review:{review_id}"),
        query=ThreadQuery,
    ),
    Policy(
        "/pages/users/<int:user_id>", reviews_ttl, tags=("user:{user_id}", "reviews@user:{user_id}"), query=ReviewQuery
    ),
)

_BY_ENDPOINT: Final = {policy.endpoint: policy for policy in POLICIES}


def find(endpoint: str) -> Policy | None:
    """Return the declared policy of the rule *endpoint*, or None where nothing is cached."""
    return _BY_ENDPOINT.get(endpoint)
