"""What the caller should know, over HTTP."""

from dealradar.domain import notifications
from dealradar.domain.notifications import NotificationOut, NotificationQuery, Reading, ReadOut
from dealradar.domain.shapes import Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.security.permissions import MEMBER
from dealradar.web.endpoint import Routes

routes = Routes("notifications")


@routes.get("/notifications", who=MEMBER)
def listing(query: NotificationQuery, by: Actor) -> Page[NotificationOut]:
    """One's notifications, the last first."""
    return notifications.of_user(by.user_id, query)


@routes.post("/notifications/read", who=MEMBER)
def read(body: Reading, by: Actor) -> ReadOut:
    """Note that one has read some of it, or all."""
    with transaction():
        return ReadOut(read_count=notifications.read(body, user_id=by.user_id))
