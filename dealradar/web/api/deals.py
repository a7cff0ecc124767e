"""Deals over HTTP."""

from dealradar.domain import deals, moderation
from dealradar.domain.deals import Ballot, DealChange, DealDraft, DealOut, DealQuery, PriceOut, TallyOut
from dealradar.domain.moderation import LogAction
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.security.permissions import MEMBER
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("deals")


@routes.get("/deals")
def listing(query: DealQuery) -> Page[DealOut]:
    """List active deals, the hottest first unless asked otherwise."""
    return deals.listing(query)


@routes.get("/deals/<int:deal_id>")
def get(deal_id: int) -> DealOut:
    """Show one deal."""
    return deals.get(deal_id)


@routes.get("/deals/<int:deal_id>/prices")
def prices(deal_id: int, query: ListQuery) -> Page[PriceOut]:
    """List the prices that a deal has had, the present one first."""
    return deals.history(deal_id, query)


@routes.post("/deals", who=MEMBER, status=201, location="/deals/{id}")
def post(body: DealDraft, by: Actor) -> DealOut:
    """Post a deal."""
    with transaction():
        return deals.post(body, by=by)


@routes.patch("/deals/<int:deal_id>", who=MEMBER)
def change(deal_id: int, body: DealChange, by: Actor) -> DealOut:
    """Change an own deal, or, as a moderator, anybody's; a new price is appended to its history."""
    with transaction():
        seen = deals.get(deal_id, for_update=True)
        preconditions.check(lambda: seen)
        moderation.intervene(LogAction.EDIT, seen, by=by)
        return deals.change(deal_id, body, by=by)


@routes.delete("/deals/<int:deal_id>", who=MEMBER)
def remove(deal_id: int, by: Actor) -> None:
    """Remove an own deal, or, as a moderator, anybody's."""
    with transaction():
        seen = deals.get(deal_id, for_update=True)
        preconditions.check(lambda: seen)
        moderation.intervene(LogAction.REMOVE, seen, by=by)
        deals.remove(deal_id, by=by)


@routes.post("/deals/<int:deal_id>/vote", who=MEMBER)
def vote(deal_id: int, body: Ballot, by: Actor) -> TallyOut:
    """Vote for (1) or against (-1) a deal, or take the vote back (0)."""
    with transaction():
        return deals.vote(deal_id, body.value, by=by)
