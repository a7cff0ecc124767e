"""Bookmarks over HTTP: the deals that the caller keeps for later."""

from dealradar.domain import deals
from dealradar.domain.deals import BookmarkOut
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.security.permissions import MEMBER
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("bookmarks")


@routes.get("/me/bookmarks", who=MEMBER)
def own(query: ListQuery, by: Actor) -> Page[BookmarkOut]:
    """List the caller's bookmarks, the latest first."""
    return deals.bookmarked_by(by.user_id, query)


@routes.put("/deals/<int:deal_id>/bookmark", who=MEMBER)
def keep(deal_id: int, by: Actor) -> None:
    """Bookmark a deal."""
    with transaction():
        deals.bookmark(deal_id, by=by)


@routes.delete("/deals/<int:deal_id>/bookmark", who=MEMBER)
def drop(deal_id: int, by: Actor) -> None:
    """Take a bookmark away."""
    with transaction():
        preconditions.check(lambda: deals.get(deal_id, for_update=True))
        deals.unbookmark(deal_id, by=by)
