from datetime import UTC, datetime
from typing import Any

import pytest

from dealradar.domain.moderation import LogAction, messages
from dealradar.domain.moderation.effects import Effect, effects
from dealradar.domain.reports import Action, Reason, ReportOut, ReportStatus, TargetOut, TargetType
from dealradar.domain.users import AuthorOut, Role

FILED_AT = datetime(2026, 6, 1, tzinfo=UTC)
ALICE = AuthorOut(id=1, username="alice", display_name="Alice", reputation=0, role=Role.MEMBER)
BOB = AuthorOut(id=2, username="bob", display_name="Bob", reputation=0, role=Role.MEMBER)
MONA = AuthorOut(id=3, username="mona", display_name="Mona", reputation=0, role=Role.MODERATOR)
MAX = AuthorOut(id=4, username="max", display_name="Max", reputation=0, role=Role.MODERATOR)
REVIEW = TargetOut(type=TargetType.REVIEW, id=5, title="Wow", text="Buy!", author=ALICE, status="visible")
OPEN = ReportOut(
    id=7,
    reporter=BOB,
    target=REVIEW,
    reason=Reason.SPAM,
    details=None,
    status=ReportStatus.OPEN,
    assignee=None,
    resolution=None,
    action=None,
    created_at=FILED_AT,
    updated_at=FILED_AT,
    closed_at=None,
)


def become(report: ReportOut, **fields: Any) -> ReportOut:
    return report.model_copy(update=fields)


def test_a_decision_that_changes_nothing_has_no_effect() -> None:
    assert effects(OPEN, become(OPEN, updated_at=datetime.now(UTC)), None) == ()


@pytest.mark.parametrize(
    ("action", "about"),
    [
        (Action.HIDE, (TargetType.REVIEW, 5)),
        (Action.REMOVE, (TargetType.REVIEW, 5)),
        (Action.NONE, (TargetType.REVIEW, 5)),
        (Action.WARN, (TargetType.USER, ALICE.id)),
        (Action.BAN, (TargetType.USER, ALICE.id)),
    ],
)
def test_an_action_is_logged_with_whom_or_what_it_was_done_to(action: Action, about: tuple[TargetType, int]) -> None:
    assert effects(OPEN, become(OPEN, action=action), action) == (Effect(LogAction(action), *about, None),)


def test_the_same_action_again_is_logged_again() -> None:
    warned = become(OPEN, action=Action.WARN)

    assert len(effects(warned, warned, Action.WARN)) == 1


@pytest.mark.parametrize(
    ("former", "present", "action"),
    [
        (ReportStatus.OPEN, ReportStatus.TRIAGED, LogAction.TRIAGE),
        (ReportStatus.TRIAGED, ReportStatus.RESOLVED, LogAction.RESOLVE),
        (ReportStatus.OPEN, ReportStatus.DISMISSED, LogAction.DISMISS),
        (ReportStatus.RESOLVED, ReportStatus.OPEN, LogAction.REOPEN),
    ],
)
def test_a_change_of_the_status_is_logged_as_what_it_means(
    former: ReportStatus, present: ReportStatus, action: LogAction
) -> None:
    assert effects(become(OPEN, status=former), become(OPEN, status=present), None) == (
        Effect(action, TargetType.REVIEW, 5, None),
    )


def test_a_resolution_is_the_note_of_what_it_explains() -> None:
    resolved = become(OPEN, status=ReportStatus.RESOLVED, resolution="An advertisement.", action=Action.HIDE)

    found = effects(OPEN, resolved, Action.HIDE)

    assert [(effect.action, effect.note) for effect in found] == [
        (LogAction.HIDE, "An advertisement."),
        (LogAction.RESOLVE, "An advertisement."),
    ]


def test_a_resolution_alone_is_logged_as_such() -> None:
    explained = become(OPEN, resolution="Wait for the shop's answer.")

    assert effects(OPEN, explained, None) == (
        Effect(LogAction.EXPLAIN, TargetType.REVIEW, 5, "Wait for the shop's answer."),
    )


@pytest.mark.parametrize(
    ("former", "present", "action", "note"),
    [
        (None, MONA, LogAction.ASSIGN, "mona"),
        (MONA, MAX, LogAction.ASSIGN, "max"),
        (MONA, None, LogAction.UNASSIGN, None),
    ],
)
def test_an_assignment_is_logged_with_its_person(
    former: AuthorOut | None, present: AuthorOut | None, action: LogAction, note: str | None
) -> None:
    assert effects(become(OPEN, assignee=former), become(OPEN, assignee=present), None) == (
        Effect(action, TargetType.REVIEW, 5, note),
    )


def test_an_assignee_who_only_changed_their_name_is_no_new_one() -> None:
    renamed = MONA.model_copy(update={"display_name": "Mona L."})

    assert effects(become(OPEN, assignee=MONA), become(OPEN, assignee=renamed), None) == ()


@pytest.mark.parametrize(
    ("target", "told_reporter", "told_author"),
    [
        (REVIEW, "the review “Wow”", "your review “Wow”"),
        (REVIEW.model_copy(update={"title": None}), "a review by Alice", "your review"),
        (REVIEW.model_copy(update={"type": TargetType.USER, "title": "Alice"}), "Alice", "your conduct"),
    ],
)
def test_people_are_told_what_it_was_about(target: TargetOut, told_reporter: str, told_author: str) -> None:
    report = become(OPEN, target=target, status=ReportStatus.RESOLVED)
    explained = become(report, resolution="Ads go to the ads.")

    assert messages.outcome(report) == f"Your report about {told_reporter} was resolved."
    assert messages.outcome(explained) == f"Your report about {told_reporter} was resolved: Ads go to the ads."
    assert messages.warning(report) == f"You have been warned because of {told_author}."
    assert messages.warning(explained) == f"You have been warned because of {told_author}: Ads go to the ads."
