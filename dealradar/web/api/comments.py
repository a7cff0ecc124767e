"""Comments over HTTP."""

from dealradar.domain import comments, moderation
from dealradar.domain.comments import (
    CommentChange,
    CommentDraft,
    CommentOut,
    CommentVoteOut,
    ThreadComment,
    ThreadQuery,
)
from dealradar.domain.deals import Ballot
from dealradar.domain.moderation import LogAction
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.security.permissions import MEMBER
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("comments")


@routes.get("/comments/review/<int:review_id>")
def of_review(review_id: int, query: ThreadQuery) -> Page[ThreadComment]:
    """Comments on one review, replies nested; each level has its own cursor to the rest of it."""
    return comments.of_review(review_id, query)


@routes.get("/comments/deal/<int:deal_id>")
def of_deal(deal_id: int, query: ListQuery) -> Page[CommentOut]:
    """Comments on all reviews of one deal, newest first."""
    return comments.of_deal(deal_id, query)


@routes.get("/comments/user/<int:user_id>")
def of_user(user_id: int, query: ListQuery) -> Page[CommentOut]:
    """Comments that one person wrote, newest first."""
    return comments.of_user(user_id, query)


@routes.get("/comments/<int:comment_id>")
def get(comment_id: int) -> CommentOut:
    """Show one comment."""
    return comments.get(comment_id)


@routes.post("/comments", who=MEMBER, status=201, location="/comments/{id}")
def publish(body: CommentDraft, by: Actor) -> CommentOut:
    """Comment on a review, or reply to a comment on it."""
    with transaction():
        return comments.publish(body, by=by)


@routes.patch("/comments/<int:comment_id>", who=MEMBER)
def change(comment_id: int, body: CommentChange, by: Actor) -> CommentOut:
    """Change an own comment, or, as a moderator, anybody's."""
    with transaction():
        seen = comments.get(comment_id, for_update=True)
        preconditions.check(lambda: seen)
        moderation.intervene(LogAction.EDIT, seen, by=by)
        return comments.change(comment_id, body, by=by)


@routes.delete("/comments/<int:comment_id>", who=MEMBER)
def remove(comment_id: int, by: Actor) -> None:
    """Take away an own comment, or, as a moderator, anybody's; one with replies leaves a tombstone."""
    with transaction():
        seen = comments.get(comment_id, for_update=True)
        preconditions.check(lambda: seen)
        moderation.intervene(LogAction.REMOVE, seen, by=by)
        comments.remove(comment_id, by=by)


@routes.post("/comments/<int:comment_id>/vote", who=MEMBER)
def vote(comment_id: int, body: Ballot, by: Actor) -> CommentVoteOut:
    """Vote for or against a comment, or take the vote back; doing it twice is doing it once."""
    with transaction():
        return comments.vote(comment_id, body.value, by=by)
