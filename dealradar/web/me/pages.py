"""The pages that one person alone sees, and those for who keeps order; what they do there, forms do."""

from typing import Final

from dealradar.domain import deals, moderation, notifications, reports, users
from dealradar.domain.moderation import LogAction, LogQuery
from dealradar.domain.notifications import NotificationQuery
from dealradar.domain.reports import Reason, ReportQuery, ReportStatus, TargetType
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users import Actor, Standing, UserQuery
from dealradar.security.permissions import MEMBER, MODERATOR
from dealradar.web.endpoint import Routes
from dealradar.web.me.deciding import version_of
from dealradar.web.site.shown import AS_HTML, Shown

routes: Final = Routes("own", AS_HTML)


@routes.get("/pages/me/bookmarks", who=MEMBER)
def bookmarks(query: ListQuery, by: Actor) -> Shown:
    """Show the deals that one keeps."""
    return Shown("me/bookmarks.html", {"query": query, "page": deals.bookmarked_by(by.user_id, query)})


@routes.get("/pages/me/notifications", who=MEMBER)
def told(query: NotificationQuery, by: Actor) -> Shown:
    """Show what one should know of what others did."""
    return Shown("me/notifications.html", {"query": query, "page": notifications.of_user(by.user_id, query)})


@routes.get("/pages/me/moderation/reports", who=MODERATOR)
def queue(query: ReportQuery, by: Actor) -> Shown:
    """Show what people reported."""
    page = reports.listing(query)
    values = {
        "query": query,
        "page": page,
        "versions": {report.id: version_of(report) for report in page.items},
        "stats": reports.stats(),
        "statuses": tuple(ReportStatus),
        "reasons": tuple(Reason),
        "kinds": tuple(TargetType),
        "own_id": by.user_id,
    }
    return Shown("me/reports.html", values)


@routes.get("/pages/me/moderation/log", who=MODERATOR)
def log(query: LogQuery, by: Actor) -> Shown:  # noqa: ARG001  as with all of these pages
    """Show what moderators did."""
    values = {"query": query, "page": moderation.log(query), "actions": tuple(LogAction), "kinds": tuple(TargetType)}
    return Shown("me/log.html", values)


@routes.get("/pages/me/moderation/people", who=MODERATOR)
def people(query: UserQuery, by: Actor) -> Shown:  # noqa: ARG001  as with all of these pages
    """Show people, and how they stand with moderators."""
    return Shown("me/people.html", {"query": query, "page": users.listing(query), "standings": tuple(Standing)})
