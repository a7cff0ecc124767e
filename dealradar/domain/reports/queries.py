from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from dealradar.domain import pages
from dealradar.domain.comments.models import Comment
from dealradar.domain.deals.models import Deal
from dealradar.domain.errors import NotFoundError
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.reports.columns import ASSIGNEE, AUTHOR, AUTHOR_ID, COLUMNS, REPORTER
from dealradar.domain.reports.models import CLOSED, OPEN, Report, TargetType
from dealradar.domain.reports.shapes import ReportOut, ReportQuery, ReportSort
from dealradar.domain.reviews.models import Review
from dealradar.domain.shapes import Page
from dealradar.extensions import db

ORDERS: Final = {
    ReportSort.NEWEST: Order("newest", (Key(Report.created_at), Key(Report.id))),
    ReportSort.OLDEST: Order("oldest", (Key(Report.created_at, descending=False), Key(Report.id, descending=False))),
}
TARGET_IDS: Final = {
    TargetType.DEAL: Report.deal_id,
    TargetType.REVIEW: Report.review_id,
    TargetType.COMMENT: Report.comment_id,
    TargetType.USER: Report.user_id,
}


def listing(query: ReportQuery) -> Page[ReportOut]:
    """Return a page of the reports that *query* asks for.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    filters = query.model_dump_json(exclude={"limit", "cursor", "sort"})
    window = Window(scope=f"reports {filters}", limit=query.limit, cursor=query.cursor)
    # Which they are is decided before six tables are joined: of what is rare and recent PostgreSQL expects too little,
    # and would join all of it to sort it afterwards.
    order = ORDERS[query.sort]
    chosen = pages.cut(select(Report.id).where(*_conditions(query)), order, window)
    rows, next_cursor = pages.fetch(db.session(), _all().where(Report.id.in_(chosen)), order, window)
    return Page(items=[ReportOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def get(report_id: int, *, for_update: bool = False) -> ReportOut:
    """Return the report; *for_update* makes other decisions on it wait until the transaction ends.

    Raises:
        NotFoundError: There is no such report.
    """
    if for_update:
        _lock(report_id)
    row = db.session.execute(_all().where(Report.id == report_id)).one_or_none()
    if row is None:
        raise absent(report_id)
    return ReportOut.model_validate(row)


def absent(report_id: int) -> NotFoundError:
    """Return the error that there is no such report."""
    return NotFoundError(f"There is no report {report_id}; one ends with what it is about.")


def _lock(report_id: int) -> None:
    # Not the row's own lock: who deletes a target locks it before its reports, and an action on the target would
    # come by both the other way round.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dealradar.report:{report_id}", 0))))


def _conditions(query: ReportQuery) -> list[ColumnElement[bool]]:
    wanted = (
        (Report.status, query.status),
        (Report.target_type, query.target_type),
        (Report.reason, query.reason),
        (Report.assignee_id, query.assignee),
        (Report.reporter_id, query.reporter),
    )
    conditions = [column == value for column, value in wanted if value is not None]
    if query.target_type is not None and query.target_id is not None:
        conditions.append(TARGET_IDS[query.target_type] == query.target_id)
    if query.older_than is not None:
        conditions.append(Report.created_at < query.older_than)
    if query.waiting is not None:
        conditions.append(Report.status.in_(OPEN if query.waiting else CLOSED))
    return conditions


def _all() -> Select[*tuple[Any, ...]]:
    return (
        select(*COLUMNS)
        .join(REPORTER, REPORTER.id == Report.reporter_id)
        .outerjoin(ASSIGNEE, ASSIGNEE.id == Report.assignee_id)
        .outerjoin(Deal, Deal.id == Report.deal_id)
        .outerjoin(Review, Review.id == Report.review_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .join(AUTHOR, AUTHOR.id == AUTHOR_ID)
    )
