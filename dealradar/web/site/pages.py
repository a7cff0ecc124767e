"""What can be read on the site: each page is a view like the API's, which may not know who reads it."""

from typing import Final

from dealradar.domain import categories, comments, deals, reviews, users
from dealradar.domain.comments import ThreadQuery
from dealradar.domain.deals import BrowseQuery, DealSort
from dealradar.domain.reviews import ReviewQuery, ReviewSort
from dealradar.domain.shapes import ListQuery
from dealradar.web.endpoint import Routes
from dealradar.web.site import charts
from dealradar.web.site.shown import AS_HTML, Shown

MOST_PRICES: Final = 100
TABS: Final = (
    (DealSort.HOT, "Hot"),
    (DealSort.NEW, "New"),
    (DealSort.TOP, "Top"),
    (DealSort.ENDING, "Ending soon"),
)
ORDERS: Final = (
    (ReviewSort.NEWEST, "Newest"),
    (ReviewSort.HELPFUL, "Most helpful"),
    (ReviewSort.RATING_HIGH, "Best first"),
    (ReviewSort.RATING_LOW, "Worst first"),
)
routes: Final = Routes("pages", AS_HTML)


@routes.get("/pages")
def front(query: BrowseQuery) -> Shown:
    """Show deals, the hottest first unless asked otherwise."""
    page = deals.listing(query.wish)
    return Shown("front.html", {"query": query, "page": page, "tree": categories.tree().items, "tabs": TABS})


@routes.get("/pages/deals/<int:deal_id>")
def deal(deal_id: int, query: ReviewQuery) -> Shown:
    """Show one deal, what it has cost, and what people think of it."""
    shown = deals.get(deal_id)
    prices = deals.history(deal_id, ListQuery(limit=MOST_PRICES)).items
    stars = reviews.by_rating(deal_id)
    values = {"deal": shown, "prices": prices, "chart": charts.of_prices(prices), "stars": stars}
    return Shown("deal.html", values | {"query": query, "orders": ORDERS, "page": reviews.of_deal(deal_id, query)})


@routes.get("/pages/reviews/<int:review_id>")
def review(review_id: int, query: ThreadQuery) -> Shown:
    """Show one review and the discussion of it."""
    shown = reviews.get(review_id)
    return Shown("review.html", {"review": shown, "query": query, "page": comments.of_review(review_id, query)})


@routes.get("/pages/users/<int:user_id>")
def person(user_id: int, query: ReviewQuery) -> Shown:
    """Show one person and the reviews that they wrote."""
    return Shown("person.html", {"person": users.get(user_id), "query": query, "page": reviews.of_user(user_id, query)})
