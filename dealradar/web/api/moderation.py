"""The moderation log over HTTP."""

from dealradar.domain import moderation
from dealradar.domain.moderation import LogEntryOut, LogQuery
from dealradar.domain.shapes import Page
from dealradar.security.permissions import MODERATOR
from dealradar.web.endpoint import Routes

routes = Routes("moderation")


@routes.get("/moderation/log", who=MODERATOR)
def log(query: LogQuery) -> Page[LogEntryOut]:
    """List what moderators did, to what and why, newest first."""
    return moderation.log(query)
