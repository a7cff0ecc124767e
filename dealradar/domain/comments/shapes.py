"""What the world sees of comments, and what people send of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, field_validator

from dealradar.domain.comments.models import CommentStatus
from dealradar.domain.shapes import Id, Input, ListQuery, Moment, NotNull, Output, Storable, Worded
from dealradar.domain.users import AuthorOut

Body = Annotated[str, Field(min_length=1, max_length=5_000), Storable, Worded]


class CommentSort(StrEnum):
    """In which order the replies of one parent stand."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TOP = "top"


class ThreadQuery(ListQuery):
    """The parameters of a thread; ``limit`` is that of each of its levels below one parent."""

    sort: CommentSort = CommentSort.NEWEST
    depth: Annotated[int, Field(ge=1, le=8, description="How many levels deep replies are nested at most.")] = 4


class CommentDraft(Input):
    """What a person says about a review, or in reply to another comment on it."""

    review_id: Id
    parent_id: Id | None = None
    body: Body


class CommentChange(Input):
    """What may be changed of a comment: what is absent stays."""

    body: Annotated[Body | None, NotNull] = None


class CommentOut(Output):
    """A comment with who wrote it.

    Attributes:
        author: None where the comment was deleted or hidden and stays for its replies' sake; its body is empty then.
        reply_count: How many direct replies its thread shows.
    """

    id: int
    review_id: int
    deal_id: int
    parent_id: int | None
    author: AuthorOut | None
    body: str
    score: int
    upvote_count: int
    downvote_count: int
    reply_count: int
    deleted: bool
    created_at: Moment
    updated_at: Moment

    @field_validator("author", mode="before")
    @classmethod
    def _nobody_where_nobody_was_joined(cls, joined: Any) -> Any:  # noqa: ANN401  a row, or what came of one
        return joined if getattr(joined, "id", joined) is not None else None


class ThreadComment(CommentOut):
    """A comment with the replies to it.

    Attributes:
        replies_cursor: The ``cursor`` of the same path that goes on with its replies; None if these are all.
    """

    replies: list[ThreadComment]
    replies_cursor: str | None


class CommentVoteOut(Output):
    """One person's vote and what the votes on the comment now come to."""

    comment_id: int
    value: int
    score: int
    upvote_count: int
    downvote_count: int


class VoteOnCommentOut(Output):
    """A vote that the caller has cast: 1 for the comment, -1 against it."""

    comment_id: int
    value: int
    voted_at: Moment


@dataclass(frozen=True)
class CommentBrief:
    """A comment in short, visible or not, for those who judge it."""

    author_id: int
    excerpt: str
    status: CommentStatus
