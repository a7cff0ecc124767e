"""Threads of comments below a review: most are short, some go deep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dealradar.domain.comments import CommentStatus
from dealradar.domain.notifications import Kind
from dealradar.domain.reports import TargetType
from dealradar.seeds import cases, notices, people, texts
from dealradar.seeds.cases import Case, Target
from dealradar.seeds.crowds import Crowd, Visit
from dealradar.seeds.dice import Dice
from dealradar.seeds.ids import Ids
from dealradar.seeds.notices import Notice
from dealradar.seeds.offers import Offer
from dealradar.seeds.rows import CommentRow, CommentVoteRow, LogRow, NotificationRow, ReportRow
from dealradar.seeds.timeline import DAY_S, Timeline

MAX_COMMENTS: Final = 120
MAX_DEPTH: Final = 14
NEW_SHARE: Final = 0.25
ANSWERS_LAST_SHARE: Final = 0.6
BY_REVIEWER_SHARE: Final = 0.25
WITHDRAWN_SHARE: Final = 0.04
"""Of the comments that have been answered: they stay as tombstones."""
REPORTED_SHARE: Final = 0.005
TOLD_SHARE: Final = 0.3
PAUSE_S: Final = DAY_S // 3
HEED_S: Final = 5 * DAY_S

ThreadRow = CommentRow | CommentVoteRow | ReportRow | LogRow | NotificationRow


@dataclass(frozen=True)
class Topic:
    """A review: of what, and who wrote it when."""

    offer: Offer
    review_id: int
    review: Visit


@dataclass(frozen=True)
class Remark:
    """A comment before it has words; *parent* is what it answers, None if the review."""

    id: int
    at_s: int
    author: int
    parent: "Remark | None"
    depth: int


def rows(topic: Topic, *, dice: Dice, ids: Ids, timeline: Timeline) -> Iterator[ThreadRow]:
    """Yield the comments on a review with what they draw."""
    remarks = _converse(topic, dice=dice, ids=ids, timeline=timeline)
    answered = {remark.parent.id for remark in remarks if remark.parent}
    for remark in remarks:
        case = _case(remark, dice, timeline)
        is_withdrawn = case is None and remark.id in answered and dice.chance(WITHDRAWN_SHARE)
        deleted_s = timeline.between(dice, remark.at_s, timeline.now_s) if is_withdrawn else _removed_s(case)
        said_at = timeline.moment(remark.at_s)
        deleted_at = None if deleted_s is None else timeline.moment(deleted_s)
        yield CommentRow(
            id=remark.id,
            review_id=topic.review_id,
            deal_id=topic.offer.id,
            author_id=remark.author,
            parent_id=remark.parent.id if remark.parent else None,
            body=texts.comment(dice, topic.offer.subject, is_reply=remark.parent is not None),
            status=CommentStatus.DELETED if deleted_at else _status(case),
            created_at=said_at,
            updated_at=deleted_at or said_at,
            deleted_at=deleted_at,
        )
        yield from _echo(topic, remark, dice=dice, ids=ids, timeline=timeline)
        if case:
            yield from cases.rows(case, ids, timeline)


def _converse(topic: Topic, *, dice: Dice, ids: Ids, timeline: Timeline) -> Sequence[Remark]:
    """Return who answers whom; nobody themselves, and nobody in the future."""
    remarks: list[Remark] = []
    at_s, reviewer = topic.review
    for _ in range(dice.tail(0.71, at_most=MAX_COMMENTS)):
        at_s += 60 + int(dice.expovariate(1 / PAUSE_S))
        if at_s >= timeline.now_s:
            break
        parent = _answered(remarks, dice)
        answered = parent.author if parent else reviewer
        author = reviewer if dice.chance(BY_REVIEWER_SHARE) else timeline.somebody(dice, at_s)
        if author != answered:
            depth = parent.depth + 1 if parent else 0
            remarks.append(Remark(ids.take(CommentRow), at_s, author, parent, depth))
    return remarks


def _answered(remarks: Sequence[Remark], dice: Dice) -> Remark | None:
    if not remarks or dice.chance(NEW_SHARE):
        return None
    parent = remarks[-1] if dice.chance(ANSWERS_LAST_SHARE) else dice.pick(remarks)
    return parent if parent.depth < MAX_DEPTH else parent.parent


def _case(remark: Remark, dice: Dice, timeline: Timeline) -> Case | None:
    if not dice.chance(REPORTED_SHARE):
        return None
    name = f"a comment by {people.display_name(remark.author)}"
    return cases.about(Target(TargetType.COMMENT, remark.id, remark.author, remark.at_s, name), dice, timeline)


def _status(case: Case | None) -> str:
    return case.status_of_target(CommentStatus.VISIBLE) if case else CommentStatus.VISIBLE


def _removed_s(case: Case | None) -> int | None:
    return case.closed_s if case and _status(case) == CommentStatus.DELETED else None


def _echo(
    topic: Topic, remark: Remark, *, dice: Dice, ids: Ids, timeline: Timeline
) -> Iterator[CommentVoteRow | NotificationRow]:
    """Yield the votes on a comment, and what its addressee is told."""
    voters = Crowd(timeline, remark.at_s, remark.at_s + HEED_S, {remark.author})
    for at_s, person in voters.gather(dice, dice.tail(0.55, at_most=60)):
        yield CommentVoteRow(remark.id, person, 1 if dice.chance(0.8) else -1, timeline.moment(at_s))
    if dice.chance(TOLD_SHARE):
        title = topic.offer.title
        person, message = (
            (remark.parent.author, f"Your comment on a review of “{title}” got a reply.")
            if remark.parent
            else (topic.review.person, f"Your review of “{title}” got a comment.")
        )
        notice = Notice(remark.at_s, person, Kind.REPLY, ("comment", remark.id), message, remark.author)
        yield notices.row(notice, ids, timeline)
