"""What each action does to what a report is about: two tables, read by one verb."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from dealradar.domain import comments, deals, reviews, users
from dealradar.domain.comments import CommentStatus
from dealradar.domain.deals import DealStatus
from dealradar.domain.errors import Fault, InvalidError
from dealradar.domain.reports import Action, TargetOut, TargetType
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.users import Actor

ON_TARGET: Final[Mapping[tuple[Action, TargetType], Callable[[int], object]]] = {
    (Action.HIDE, TargetType.DEAL): partial(deals.set_status, status=DealStatus.HIDDEN),
    (Action.HIDE, TargetType.REVIEW): partial(reviews.set_status, status=ReviewStatus.HIDDEN),
    (Action.HIDE, TargetType.COMMENT): partial(comments.set_status, status=CommentStatus.HIDDEN),
    (Action.REMOVE, TargetType.DEAL): partial(deals.set_status, status=DealStatus.REMOVED),
    (Action.REMOVE, TargetType.REVIEW): partial(reviews.set_status, status=ReviewStatus.REMOVED),
    (Action.REMOVE, TargetType.COMMENT): partial(comments.set_status, status=CommentStatus.DELETED),
}
ON_AUTHOR: Final[Mapping[Action, Callable[[int, Actor], object]]] = {
    Action.WARN: lambda user_id, by: users.warn(user_id, by=by),
    Action.BAN: lambda user_id, by: users.ban(user_id, by=by),
}


def take(action: Action, target: TargetOut, *, by: Actor) -> None:
    """Do *action* to the target, or to who is behind it; the caller commits.

    Raises:
        NotFoundError: The target is gone meanwhile.
        InvalidError: The action can't be done to such a target.
        ForbiddenError: *by* has no higher role than the person to be warned or banned.
    """
    if action is Action.NONE:
        return
    if action in ON_AUTHOR:
        ON_AUTHOR[action](target.author.id, by)
        return
    if (action, target.type) not in ON_TARGET:
        raise InvalidError(Fault("action", f"can't be {action} for a {target.type}; it can be warn, ban or none"))
    ON_TARGET[action, target.type](target.id)
