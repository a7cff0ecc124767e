from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, case, func, literal, null, select, union_all

from dealradar.domain.reports.models import OPEN, Reason, Report, ReportStatus, ReportTally
from dealradar.domain.reports.shapes import Age, ReportStats
from dealradar.extensions import db

AGES: Final = (
    (Age.UNDER_1_HOUR, timedelta(hours=1)),
    (Age.UNDER_24_HOURS, timedelta(hours=24)),
    (Age.UNDER_7_DAYS, timedelta(days=7)),
)
"""The bounds, from the youngest on; what is within none of them is older."""

_TALLIED: Final = select(ReportTally.status, ReportTally.reason, null().label("age"), ReportTally.count)


def stats() -> ReportStats:
    """Return how many reports there are of each status and reason, and how old those are that wait.

    Only those are counted that wait and are young; how many there are of the others is known.
    """
    by_status, by_reason, open_by_age = Counter[str](), Counter[str](), Counter[str]()
    # One statement, so that both halves are of one moment.
    counts: Iterable[Any] = db.session.execute(union_all(_TALLIED, _young()))
    for status, reason, age, count in counts:
        if age is not None:
            open_by_age[age] = count
            continue
        by_status[status] += count
        by_reason[reason] += count
    open_by_age[Age.OLDER] = sum(by_status[status] for status in OPEN) - open_by_age.total()
    return ReportStats(
        by_status={status: by_status[status] for status in ReportStatus},
        by_reason={reason: by_reason[reason] for reason in Reason},
        open_by_age={age: open_by_age[age] for age in Age},
    )


def _young() -> Select[*tuple[Any, ...]]:
    """Return how many wait of each age but the oldest."""
    age = case(*((Report.created_at > func.now() - bound, literal(age)) for age, bound in AGES)).label("age")
    _, oldest = AGES[-1]
    is_young = (Report.status.in_(OPEN), Report.created_at > func.now() - oldest)
    return select(null(), null(), age, func.count()).where(*is_young).group_by("age")
