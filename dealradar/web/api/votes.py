"""The caller's votes over HTTP."""

from dealradar.domain import comments, deals, reviews
from dealradar.domain.comments import VoteOnCommentOut
from dealradar.domain.deals import VoteOnDealOut
from dealradar.domain.reviews import VoteOnReviewOut
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.security.permissions import MEMBER
from dealradar.web.endpoint import Routes

routes = Routes("votes")


@routes.get("/me/votes/deals", who=MEMBER)
def on_deals(query: ListQuery, by: Actor) -> Page[VoteOnDealOut]:
    """List the caller's votes on deals, the last cast first."""
    return deals.votes_of(by.user_id, query)


@routes.get("/me/votes/reviews", who=MEMBER)
def on_reviews(query: ListQuery, by: Actor) -> Page[VoteOnReviewOut]:
    """List the caller's votes on reviews, the last cast first."""
    return reviews.votes_of(by.user_id, query)


@routes.get("/me/votes/comments", who=MEMBER)
def on_comments(query: ListQuery, by: Actor) -> Page[VoteOnCommentOut]:
    """List the caller's votes on comments, the last cast first."""
    return comments.votes_of(by.user_id, query)
