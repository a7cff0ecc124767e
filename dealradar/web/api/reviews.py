"""Reviews over HTTP."""

from dealradar.domain import moderation, reviews
from dealradar.domain.moderation import LogAction
from dealradar.domain.reviews import ReviewBallot, ReviewChange, ReviewDraft, ReviewOut, ReviewQuery, ReviewVoteOut
from dealradar.domain.shapes import Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.security.permissions import MEMBER
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("reviews")


@routes.get("/reviews/deal/<int:deal_id>")
def of_deal(deal_id: int, query: ReviewQuery) -> Page[ReviewOut]:
    """Reviews of one deal, newest first unless asked otherwise."""
    return reviews.of_deal(deal_id, query)


@routes.get("/reviews/user/<int:user_id>")
def of_user(user_id: int, query: ReviewQuery) -> Page[ReviewOut]:
    """Reviews that one person wrote, newest first unless asked otherwise."""
    return reviews.of_user(user_id, query)


@routes.get("/reviews/<int:review_id>")
def get(review_id: int) -> ReviewOut:
    """Show one review."""
    return reviews.get(review_id)


@routes.post("/reviews", who=MEMBER, status=201, location="/reviews/{id}")
def publish(body: ReviewDraft, by: Actor) -> ReviewOut:
    """Publish a review: one each person and deal."""
    with transaction():
        return reviews.publish(body, by=by)


@routes.patch("/reviews/<int:review_id>", who=MEMBER)
def change(review_id: int, body: ReviewChange, by: Actor) -> ReviewOut:
    """Change an own review, or, as a moderator, anybody's."""
    with transaction():
        seen = reviews.get(review_id, for_update=True)
        preconditions.check(lambda: seen)
        moderation.intervene(LogAction.EDIT, seen, by=by)
        return reviews.change(review_id, body, by=by)


@routes.delete("/reviews/<int:review_id>", who=MEMBER)
def remove(review_id: int, by: Actor) -> None:
    """Take away an own review, or, as a moderator, anybody's."""
    with transaction():
        seen = reviews.get(review_id, for_update=True)
        preconditions.check(lambda: seen)
        moderation.intervene(LogAction.REMOVE, seen, by=by)
        reviews.remove(review_id, by=by)


@routes.post("/reviews/<int:review_id>/vote", who=MEMBER)
def vote(review_id: int, body: ReviewBallot, by: Actor) -> ReviewVoteOut:
    """Say whether a review helped, or with null nothing any more; doing it twice is doing it once."""
    with transaction():
        return reviews.vote(review_id, body, by=by)
