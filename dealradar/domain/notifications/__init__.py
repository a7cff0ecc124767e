"""What people should know of what others did."""

from dealradar.domain.notifications.models import Kind
from dealradar.domain.notifications.queries import of_user, unread_count
from dealradar.domain.notifications.service import read, tell
from dealradar.domain.notifications.shapes import NotificationOut, NotificationQuery, Reading, ReadOut

__all__ = [
    "Kind",
    "NotificationOut",
    "NotificationQuery",
    "ReadOut",
    "Reading",
    "of_user",
    "read",
    "tell",
    "unread_count",
]
