"""The verbs with which moderators decide, or act without having been asked."""

from dataclasses import asdict
from typing import Final

from sqlalchemy import insert

from dealradar.domain import notifications, reports
from dealradar.domain.comments import CommentOut
from dealradar.domain.deals import DealOut
from dealradar.domain.moderation import messages
from dealradar.domain.moderation.actions import take
from dealradar.domain.moderation.effects import Effect, effects
from dealradar.domain.moderation.models import LogAction, LogEntry
from dealradar.domain.notifications import Kind
from dealradar.domain.reports import Action, ReportChange, ReportOut, TargetType
from dealradar.domain.reviews import ReviewOut
from dealradar.domain.users import Actor
from dealradar.extensions import db

KINDS: Final[dict[type, TargetType]] = {
    DealOut: TargetType.DEAL,
    ReviewOut: TargetType.REVIEW,
    CommentOut: TargetType.COMMENT,
}


def decide(report_id: int, decision: ReportChange, *, by: Actor) -> ReportOut:
    """Do to a report and to its target what *decision* holds, log each effect and tell whom it concerns.

    The caller commits all of it, or none.

    Raises:
        NotFoundError: There is no such report, or its target is gone meanwhile.
        ForbiddenError: *by* has no higher role than the person to be warned or banned.
        InvalidError: The assignee is no moderator, or the action can't be done to such a target.
        ConflictError: It would open again beside another open report of the same person about the same target.
    """
    before = reports.get(report_id, for_update=True)
    if decision.action is not None:
        take(decision.action, before.target, by=by)
    after = reports.change(report_id, decision)
    _log(report_id, effects(before, after, decision.action), by)
    if decision.action is Action.WARN:
        _tell(after.target.author.id, Kind.WARNING, after, messages.warning(after))
    if after.status in reports.CLOSED and after.status is not before.status and after.reporter.id != by.user_id:
        _tell(after.reporter.id, Kind.REPORT_OUTCOME, after, messages.outcome(after))
    return after


def intervene(action: LogAction, target: DealOut | ReviewOut | CommentOut, *, by: Actor) -> None:
    """Log that *by* does *action* to *target*, unless it is their own; the caller does it, and commits both."""
    if target.author is None or target.author.id == by.user_id:
        return
    line = LogEntry(moderator_id=by.user_id, action=action, target_type=KINDS[type(target)], target_id=target.id)
    db.session.add(line)


def _log(report_id: int, lines: tuple[Effect, ...], by: Actor) -> None:
    if lines:
        rows = [asdict(line) | {"report_id": report_id, "moderator_id": by.user_id} for line in lines]
        db.session.execute(insert(LogEntry), rows)


def _tell(user_id: int, kind: Kind, report: ReportOut, message: str) -> None:
    # Nobody's name is on it: moderators act for the community.
    notifications.tell(
        user_id,
        kind=kind,
        actor_id=None,
        subject_type=report.target.type,
        subject_id=report.target.id,
        message=message,
    )
