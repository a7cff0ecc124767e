"""Reports over HTTP: filed by members, decided by moderators."""

from dealradar.domain import moderation, reports
from dealradar.domain.reports import ReportChange, ReportDraft, ReportOut, ReportQuery, ReportStats
from dealradar.domain.shapes import Page
from dealradar.domain.users import Actor
from dealradar.invalidation import transaction
from dealradar.security.permissions import MEMBER, MODERATOR
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("reports")


@routes.post("/reports", who=MEMBER, status=201, location="/reports/{id}")
def file(body: ReportDraft, by: Actor) -> ReportOut:
    """Report a deal, review, comment or person: one open report each person and target."""
    with transaction():
        return reports.file(body, by=by)


@routes.get("/reports", who=MODERATOR)
def listing(query: ReportQuery) -> Page[ReportOut]:
    """List reports, newest first unless asked otherwise."""
    return reports.listing(query)


@routes.get("/reports/stats", who=MODERATOR)
def stats() -> ReportStats:
    """Count reports by status and reason, and those that wait by age."""
    return reports.stats()


@routes.get("/reports/<int:report_id>", who=MODERATOR)
def get(report_id: int) -> ReportOut:
    """Show one report with what it is about, be that hidden or not."""
    return reports.get(report_id)


@routes.patch("/reports/<int:report_id>", who=MODERATOR)
def decide(report_id: int, body: ReportChange, by: Actor) -> ReportOut:
    """Decide on a report and act on its target; each effect is logged.

    If-Match is required: of two moderators who decide on the same version, one is refused.
    """
    with transaction():
        preconditions.check(lambda: reports.get(report_id, for_update=True), required=True)
        return moderation.decide(report_id, body, by=by)
