"""What statements select of reports: all that a ReportOut carries, whatever the report is about."""

from typing import Any, Final

from sqlalchemy import case, func
from sqlalchemy.orm import Bundle, aliased

from dealradar.domain.comments.models import Comment
from dealradar.domain.deals.models import Deal
from dealradar.domain.reports.models import Report, TargetType
from dealradar.domain.reports.shapes import ReportOut
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User

REPORTER: Final = aliased(User, name="reporter")
ASSIGNEE: Final = aliased(User, name="assignee")
AUTHOR: Final = aliased(User, name="author")
AUTHOR_ID: Final = func.coalesce(Deal.author_id, Review.author_id, Comment.author_id, Report.user_id)
JOINED: Final = frozenset({"reporter", "assignee", "target"})


def _person(name: str, user: type[User]) -> Bundle[Any]:
    return Bundle(name, *(getattr(user, field) for field in AuthorOut.model_fields))


_name_of_person = case((Report.target_type == TargetType.USER, AUTHOR.display_name))

TARGET: Final[Bundle[Any]] = Bundle(
    "target",
    Report.target_type.label("type"),
    func.coalesce(Report.deal_id, Report.review_id, Report.comment_id, Report.user_id).label("id"),
    func.coalesce(Deal.title, Review.title, _name_of_person).label("title"),
    func.coalesce(Deal.description, Review.body, Comment.body).label("text"),
    func.coalesce(Deal.status, Review.status, Comment.status, AUTHOR.standing).label("status"),
    _person("author", AUTHOR),
)
COLUMNS: Final[tuple[Any, ...]] = (
    *(getattr(Report, name) for name in ReportOut.model_fields if name not in JOINED),
    _person("reporter", REPORTER),
    _person("assignee", ASSIGNEE),
    TARGET,
)
