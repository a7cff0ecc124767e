"""What people say about reviews, and to each other below them."""

from dealradar.domain.comments.models import CommentStatus
from dealradar.domain.comments.queries import author_of, briefs, get, of_deal, of_user
from dealradar.domain.comments.service import change, publish, remove, set_status
from dealradar.domain.comments.shapes import (
    CommentBrief,
    CommentChange,
    CommentDraft,
    CommentOut,
    CommentSort,
    CommentVoteOut,
    ThreadComment,
    ThreadQuery,
    VoteOnCommentOut,
)
from dealradar.domain.comments.threads import of_review
from dealradar.domain.comments.votes import cast_on, vote, votes_of

__all__ = [
    "CommentBrief",
    "CommentChange",
    "CommentDraft",
    "CommentOut",
    "CommentSort",
    "CommentStatus",
    "CommentVoteOut",
    "ThreadComment",
    "ThreadQuery",
    "VoteOnCommentOut",
    "author_of",
    "briefs",
    "cast_on",
    "change",
    "get",
    "of_deal",
    "of_review",
    "of_user",
    "publish",
    "remove",
    "set_status",
    "vote",
    "votes_of",
]
