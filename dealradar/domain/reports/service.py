"""The verbs that write reports."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from dealradar.domain import comments, deals, reviews, users
from dealradar.domain.errors import ConflictError, Fault, InvalidError, NotFoundError
from dealradar.domain.reports.models import CLOSED, Report, TargetType
from dealradar.domain.reports.queries import absent, get
from dealradar.domain.reports.shapes import ReportChange, ReportDraft, ReportOut
from dealradar.domain.users import Actor, Role, Standing
from dealradar.domain.users.models import User
from dealradar.extensions import db

ENSURE_VISIBLE: Final[Mapping[TargetType, Callable[[int], object]]] = {
    TargetType.DEAL: deals.ensure_visible,
    TargetType.REVIEW: reviews.ensure_visible,
    TargetType.COMMENT: comments.get,
    TargetType.USER: users.get,
}
MAY_BE_ASSIGNED: Final = (Role.MODERATOR, Role.ADMIN)


def file(draft: ReportDraft, *, by: Actor) -> ReportOut:
    """Report that something is wrong; the caller commits.

    Raises:
        NotFoundError: There is no such target, or it may not be seen.
        InvalidError: The target is the reporting person.
        ConflictError: A former report of the person about the target is still open.
    """
    if draft.target_type is TargetType.USER and draft.target_id == by.user_id:
        raise InvalidError(Fault("target_id", "must be somebody else; nobody reports themselves"))
    ENSURE_VISIBLE[draft.target_type](draft.target_id)
    report_id = _insert(draft, by)
    if report_id is None:
        raise ConflictError(f"Your report about this {draft.target_type} is still open; one is enough.")
    return get(report_id)


def change(report_id: int, wish: ReportChange) -> ReportOut:
    """Write down what *wish* holds of a decision; the caller commits.

    Raises:
        NotFoundError: There is no such report.
        InvalidError: The assignee is no moderator.
        ConflictError: It would open again beside another open report of the same person about the same target.
    """
    values = wish.model_dump(exclude_unset=True)
    if not values:
        return get(report_id)
    if wish.assignee_id is not None:
        _ensure_may_be_assigned(wish.assignee_id)
    if wish.status is not None:
        values["closed_at"] = func.coalesce(Report.closed_at, func.now()) if wish.status in CLOSED else None
    _update(report_id, values)
    return get(report_id)


def _insert(draft: ReportDraft, by: Actor) -> int | None:
    """Write the report; return its id, or None if it is the second open one."""
    row = draft.model_dump(exclude={"target_id"}) | {f"{draft.target_type}_id": draft.target_id}
    new = insert(Report).values(**row, reporter_id=by.user_id).on_conflict_do_nothing()
    try:
        with db.session.begin_nested():
            return db.session.scalar(new.returning(Report.id))
    except IntegrityError as error:
        if isinstance(error.orig, ForeignKeyViolation):
            raise NotFoundError(f"There is no {draft.target_type} {draft.target_id} any more.") from None
        raise


def _ensure_may_be_assigned(user_id: int) -> None:
    able = select(User.id).where(User.role.in_(MAY_BE_ASSIGNED), User.standing != Standing.BANNED)
    if db.session.scalar(able.where(User.id == user_id)) is None:
        raise InvalidError(Fault("assignee_id", "must be a moderator or an admin"))


def _update(report_id: int, values: Mapping[str, Any]) -> None:
    changed = update(Report).where(Report.id == report_id).values(values).returning(Report.id)
    try:
        with db.session.begin_nested():
            found = db.session.scalar(changed)
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise ConflictError("Its reporter has another open report about the same target.") from None
        raise
    if found is None:
        raise absent(report_id)
