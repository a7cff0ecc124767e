"""What became of the mails about alerts, over HTTP."""

from dealradar.domain.shapes import ListQuery, Page
from dealradar.monitoring.mail import reading
from dealradar.monitoring.mail.reading import MailOut
from dealradar.security.permissions import ADMIN
from dealradar.web.endpoint import Routes

routes = Routes("monitoring")


@routes.get("/monitoring/mails", who=ADMIN)
def listing(query: ListQuery) -> Page[MailOut]:
    """List mails about alerts, the latest first: to whom, and whether each was sent, waits, or failed and why."""
    return reading.listing(query)
