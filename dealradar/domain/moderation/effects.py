"""What a decision did, line by line, as the log will have it."""

from dataclasses import dataclass
from typing import Final

from dealradar.domain.moderation.models import LogAction
from dealradar.domain.reports import Action, ReportOut, ReportStatus, TargetOut, TargetType

ON_PERSON: Final = (Action.WARN, Action.BAN)
"""The actions that are done to who is behind the target, not to the target itself."""

OF_STATUS: Final = {
    ReportStatus.OPEN: LogAction.REOPEN,
    ReportStatus.TRIAGED: LogAction.TRIAGE,
    ReportStatus.RESOLVED: LogAction.RESOLVE,
    ReportStatus.DISMISSED: LogAction.DISMISS,
}


@dataclass(frozen=True)
class Effect:
    """One line of the log: what was done to what, and why."""

    action: LogAction
    target_type: TargetType
    target_id: int
    note: str | None


def effects(before: ReportOut, after: ReportOut, action: Action | None) -> tuple[Effect, ...]:
    """Return what made *after* of the report that was *before*, with the *action* on its target, if there was one.

    A resolution is the note of what it explains; alone, it is an effect of its own.
    """
    found = [*_on_target(after, action), *_on_status(before, after)]
    if not found and after.resolution != before.resolution:
        found = [_effect(LogAction.EXPLAIN, after.target, after.resolution)]
    return (*found, *_on_assignee(before, after))


def _on_target(report: ReportOut, action: Action | None) -> tuple[Effect, ...]:
    if action is None:
        return ()
    if action in ON_PERSON:
        return (Effect(LogAction(action), TargetType.USER, report.target.author.id, report.resolution),)
    return (_effect(LogAction(action), report.target, report.resolution),)


def _on_status(before: ReportOut, after: ReportOut) -> tuple[Effect, ...]:
    if after.status is before.status:
        return ()
    return (_effect(OF_STATUS[after.status], after.target, after.resolution),)


def _on_assignee(before: ReportOut, after: ReportOut) -> tuple[Effect, ...]:
    former, present = before.assignee, after.assignee
    if (former and former.id) == (present and present.id):
        return ()
    if present is None:
        return (_effect(LogAction.UNASSIGN, after.target, None),)
    return (_effect(LogAction.ASSIGN, after.target, present.username),)


def _effect(action: LogAction, target: TargetOut, note: str | None) -> Effect:
    return Effect(action, target.type, target.id, note)
