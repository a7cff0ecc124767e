"""Reports, as rows that are committed."""

from typing import Any

from dealradar.domain.comments.models import Comment
from dealradar.domain.deals.models import Deal
from dealradar.domain.reports.models import Report
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction


def make_report(reporter: User, target: Deal | Review | Comment | User, **columns: Any) -> Report:
    """Return a report of spam, open unless *columns* say otherwise; it doesn't follow later changes."""
    kind = type(target).__name__.lower()
    about = {"target_type": kind, f"{kind}_id": target.id}
    report = Report(reporter_id=reporter.id, **about, **{"reason": "spam"} | columns)
    with transaction():
        db.session.add(report)
        db.session.flush()
        db.session.refresh(report)
        db.session.expunge(report)
    return report
