from collections import Counter
from datetime import timedelta
from typing import Final

from sqlalchemy import case, func, literal, select

from dealradar.domain.reports.models import CLOSED, Reason, Report, ReportStatus
from dealradar.domain.reports.shapes import Age, ReportStats
from dealradar.extensions import db

AGES: Final = (
    (Age.UNDER_1_HOUR, timedelta(hours=1)),
    (Age.UNDER_24_HOURS, timedelta(hours=24)),
    (Age.UNDER_7_DAYS, timedelta(days=7)),
)
"""The bounds, from the youngest on; what is within none of them is older."""


def stats() -> ReportStats:
    """Return how many reports there are of each status and reason, and how old those are that wait."""
    bounds = ((func.now() - Report.created_at < bound, literal(age)) for age, bound in AGES)
    age = case(*bounds, else_=literal(Age.OLDER)).label("age")
    statement = select(Report.status, Report.reason, age, func.count()).group_by(Report.status, Report.reason, "age")
    by_status, by_reason, open_by_age = Counter[str](), Counter[str](), Counter[str]()
    for status, reason, age_of_these, count in db.session.execute(statement):
        by_status[status] += count
        by_reason[reason] += count
        if status not in CLOSED:
            open_by_age[age_of_these] += count
    return ReportStats(
        by_status={status: by_status[status] for status in ReportStatus},
        by_reason={reason: by_reason[reason] for reason in Reason},
        open_by_age={age: open_by_age[age] for age in Age},
    )
