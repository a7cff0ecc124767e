"""What is measured of the site and its processes, and whom mails told of it, for admins."""

from datetime import UTC, datetime

from dealradar.domain.shapes import ListQuery, Page
from dealradar.monitoring.history import read_history
from dealradar.monitoring.mail import reading
from dealradar.monitoring.mail.reading import MailOut
from dealradar.monitoring.processes import read_processes
from dealradar.monitoring.shapes import STEPS_S, HistoryOut, HistoryQuery, PointOut, ProcessesOut
from dealradar.security.permissions import ADMIN
from dealradar.web.endpoint import Routes

routes = Routes("monitoring")


@routes.get("/monitoring/history", who=ADMIN)
def history(query: HistoryQuery) -> HistoryOut:
    """Show how the site did over a range of time, step by step; null where nobody was there to note it."""
    span_s, step_s = STEPS_S[query.range]
    points = read_history(span_s, step_s=step_s, now=datetime.now(UTC))
    return HistoryOut(step_s=step_s, points=[PointOut.of(point) for point in points])


@routes.get("/monitoring/processes", who=ADMIN)
def processes() -> ProcessesOut:
    """Show which processes there are, of the web and in the background, and when each was last seen to be alive."""
    return ProcessesOut.of(read_processes())


@routes.get("/monitoring/mails", who=ADMIN)
def mails(query: ListQuery) -> Page[MailOut]:
    """List mails about alerts, the latest first: to whom, and whether each was sent, waits, or failed and why."""
    return reading.listing(query)
