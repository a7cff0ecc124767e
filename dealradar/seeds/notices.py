"""What people are told: what is fresh they have not read yet."""

from dataclasses import dataclass
from typing import Final

from dealradar.domain.notifications import Kind
from dealradar.seeds.ids import Ids
from dealradar.seeds.rows import NotificationRow
from dealradar.seeds.timeline import DAY_S, Timeline

FRESH_S: Final = 10 * DAY_S
READ_AFTER_S: Final = DAY_S // 4


@dataclass(frozen=True)
class Notice:
    """Something that one person should know; *actor* is who did it, where that is told."""

    at_s: int
    person: int
    kind: Kind
    subject: tuple[str, int]
    message: str
    actor: int | None = None


def row(notice: Notice, ids: Ids, timeline: Timeline) -> NotificationRow:
    """Return the notification of *notice*."""
    is_fresh = notice.at_s + FRESH_S > timeline.now_s
    subject_type, subject_id = notice.subject
    return NotificationRow(
        id=ids.take(NotificationRow),
        user_id=notice.person,
        actor_id=notice.actor,
        kind=notice.kind,
        subject_type=subject_type,
        subject_id=subject_id,
        message=notice.message,
        created_at=timeline.moment(notice.at_s),
        read_at=None if is_fresh else timeline.moment(notice.at_s + READ_AFTER_S),
    )
