"""Reports of what people find wrong, and what moderators make of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dealradar.domain.comments import CommentStatus
from dealradar.domain.deals import DealStatus
from dealradar.domain.moderation import LogAction
from dealradar.domain.notifications import Kind
from dealradar.domain.reports import Action, Reason, ReportStatus, TargetType
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.users import Standing
from dealradar.seeds import notices
from dealradar.seeds.dice import Dice
from dealradar.seeds.ids import Ids
from dealradar.seeds.notices import Notice
from dealradar.seeds.rows import LogRow, NotificationRow, ReportRow
from dealradar.seeds.timeline import DAY_S, Timeline
from dealradar.seeds.words import talk

FIRST_MODERATOR: Final = 2
PEOPLE_A_MODERATOR: Final = 500
PATIENCE_S: Final = 21 * DAY_S
"""No report stays open for longer."""

REASONS: Final = {
    TargetType.DEAL: (Reason.EXPIRED, Reason.EXPIRED, Reason.DUPLICATE, Reason.SPAM, Reason.ILLEGAL, Reason.OTHER),
    TargetType.REVIEW: (Reason.FAKE, Reason.FAKE, Reason.SPAM, Reason.ABUSE, Reason.OTHER),
    TargetType.COMMENT: (Reason.ABUSE, Reason.ABUSE, Reason.SPAM, Reason.OTHER),
    TargetType.USER: (Reason.SPAM, Reason.ABUSE, Reason.FAKE),
}
ACTIONS: Final = {
    TargetType.DEAL: (Action.HIDE, Action.REMOVE, Action.NONE),
    TargetType.REVIEW: (Action.HIDE, Action.REMOVE, Action.NONE),
    TargetType.COMMENT: (Action.HIDE, Action.REMOVE, Action.NONE),
    TargetType.USER: (Action.WARN, Action.WARN, Action.BAN),
}
EFFECTS: Final = {
    (TargetType.DEAL, Action.HIDE): DealStatus.HIDDEN,
    (TargetType.DEAL, Action.REMOVE): DealStatus.REMOVED,
    (TargetType.REVIEW, Action.HIDE): ReviewStatus.HIDDEN,
    (TargetType.REVIEW, Action.REMOVE): ReviewStatus.REMOVED,
    (TargetType.COMMENT, Action.HIDE): CommentStatus.HIDDEN,
    (TargetType.COMMENT, Action.REMOVE): CommentStatus.DELETED,
    (TargetType.USER, Action.WARN): Standing.WARNED,
    (TargetType.USER, Action.BAN): Standing.BANNED,
}
"""What each action leaves its target as."""
STATUSES: Final = (
    *(ReportStatus.OPEN, ReportStatus.OPEN, ReportStatus.TRIAGED),
    *(ReportStatus.RESOLVED, ReportStatus.RESOLVED, ReportStatus.DISMISSED),
)
CLOSED: Final = STATUSES[3:]
STEPS: Final = {
    ReportStatus.TRIAGED: LogAction.TRIAGE,
    ReportStatus.RESOLVED: LogAction.RESOLVE,
    ReportStatus.DISMISSED: LogAction.DISMISS,
}


@dataclass(frozen=True)
class Target:
    """What a report is about: *name* is how the reporter is reminded of it."""

    type: TargetType
    id: int
    author: int
    since_s: int
    name: str


@dataclass(frozen=True)
class Case:
    """A report and its course; the moderator is None while nobody has looked, the time None while it is open."""

    target: Target
    reporter: int
    reason: Reason
    details: str | None
    opened_s: int
    status: ReportStatus
    moderator: int | None
    action: Action | None
    resolution: str | None
    closed_s: int | None

    def status_of_target(self, otherwise: str) -> str:
        """Return what the case leaves its target as."""
        return EFFECTS.get((self.target.type, self.action), otherwise) if self.action else otherwise


def moderators(people: int) -> range:
    """Return the ids of those who moderate a community of so many people."""
    return range(FIRST_MODERATOR, FIRST_MODERATOR + 2 + people // PEOPLE_A_MODERATOR)


def about(target: Target, dice: Dice, timeline: Timeline) -> Case:
    """Return a case about *target*."""
    opened_s = timeline.between(dice, target.since_s, target.since_s + PATIENCE_S)
    reporter = timeline.somebody(dice, opened_s)
    reason = dice.pick(REASONS[target.type])
    status = dice.pick(CLOSED if opened_s < timeline.now_s - PATIENCE_S else STATUSES)
    action = dice.pick(ACTIONS[target.type]) if status is ReportStatus.RESOLVED else None
    is_closed = status in CLOSED
    return Case(
        target=target,
        reporter=reporter if reporter != target.author else timeline.scale.people,
        reason=reason,
        details=dice.pick(talk.GRIEVANCES[reason]),
        opened_s=opened_s,
        status=status,
        moderator=None if status is ReportStatus.OPEN else dice.pick(moderators(timeline.scale.people)),
        action=action,
        resolution=dice.pick(talk.ANSWERS[action]) if is_closed else None,
        closed_s=timeline.between(dice, opened_s, opened_s + 3 * DAY_S) if is_closed else None,
    )


def rows(case: Case, ids: Ids, timeline: Timeline) -> Iterator[ReportRow | LogRow | NotificationRow]:
    """Yield the report, what the log says of it, and what people were told."""
    report_id = ids.take(ReportRow)
    yield _report(case, report_id, timeline)
    if case.moderator is None:
        return
    for action in _steps(case):
        yield LogRow(
            id=ids.take(LogRow),
            moderator_id=case.moderator,
            report_id=report_id,
            action=action,
            target_type=case.target.type,
            target_id=case.target.id,
            note=case.resolution,
            created_at=timeline.moment(case.closed_s or case.opened_s),
        )
    if case.closed_s is not None:
        yield from (notices.row(notice, ids, timeline) for notice in _notices(case, case.closed_s))


def _report(case: Case, report_id: int, timeline: Timeline) -> ReportRow:
    target = case.target
    opened_at = timeline.moment(case.opened_s)
    closed_at = None if case.closed_s is None else timeline.moment(case.closed_s)
    return ReportRow(
        id=report_id,
        reporter_id=case.reporter,
        target_type=target.type,
        deal_id=target.id if target.type is TargetType.DEAL else None,
        review_id=target.id if target.type is TargetType.REVIEW else None,
        comment_id=target.id if target.type is TargetType.COMMENT else None,
        user_id=target.id if target.type is TargetType.USER else None,
        reason=case.reason,
        details=case.details,
        status=case.status,
        assignee_id=case.moderator,
        resolution=case.resolution,
        action=case.action,
        created_at=opened_at,
        updated_at=closed_at or opened_at,
        closed_at=closed_at,
    )


def _steps(case: Case) -> Iterator[LogAction]:
    """Yield what the moderator did, one by one."""
    if case.action is not None:
        yield LogAction(case.action)
    yield STEPS[case.status]


def _notices(case: Case, closed_s: int) -> Iterator[Notice]:
    """Yield what the reporter is told of the outcome, and the person of a warning."""
    subject = (case.target.type, case.target.id)
    why = f": {case.resolution}" if case.resolution else "."
    outcome = f"Your report about {case.target.name} was {case.status}{why}"
    yield Notice(closed_s, case.reporter, Kind.REPORT_OUTCOME, subject, outcome)
    if case.action is Action.WARN:
        warning = f"You have been warned because of your conduct{why}"
        yield Notice(closed_s, case.target.author, Kind.WARNING, subject, warning)
