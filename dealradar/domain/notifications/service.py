"""Tell people what concerns them, and take note that they have read it."""

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from dealradar.domain.notifications.models import UNREAD_VOTE, Kind, Notification
from dealradar.domain.notifications.shapes import Reading
from dealradar.domain.users.models import User
from dealradar.extensions import db


def tell(user_id: int, *, kind: Kind, actor_id: int | None, subject_type: str, subject_id: int, message: str) -> None:
    """Let the person know; the caller commits.

    Nobody is told of what they did themselves, and nothing is kept for the anonymous, who can't log in. Votes are
    merged: of one subject there is at most one unread notification, that of the last vote.
    """
    if user_id == actor_id:
        return
    told = {
        "user_id": User.id,
        "actor_id": literal(actor_id, Notification.actor_id.type),
        "kind": literal(kind),
        "subject_type": literal(subject_type),
        "subject_id": literal(subject_id, Notification.subject_id.type),
        "message": literal(message),
    }
    reader = select(*told.values()).where(User.id == user_id, User.is_anonymous.is_(False))
    new = insert(Notification).from_select(list(told), reader)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["user_id", "subject_type", "subject_id"],
            index_where=UNREAD_VOTE,
            set_={"actor_id": new.excluded.actor_id, "message": new.excluded.message, "created_at": func.now()},
        )
    )


def read(which: Reading, *, user_id: int) -> int:
    """Note that the person has read *which* of their notifications; return how many they hadn't. The caller commits.

    Those of others, and those that don't exist, are passed over.
    """
    unread = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    if which.ids is not None:
        unread = unread.where(Notification.id.in_(which.ids))
    return len(db.session.execute(unread.values(read_at=func.now()).returning(Notification.id)).all())
