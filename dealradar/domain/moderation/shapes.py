"""What the moderation log shows, and how it is asked for."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from dealradar.domain.moderation.models import LogAction
from dealradar.domain.reports import TargetType
from dealradar.domain.shapes import Id, ListQuery, Moment, Output
from dealradar.domain.users import AuthorOut


class LogQuery(ListQuery):
    """The parameters of the moderation log."""

    moderator: Annotated[Id | None, Field(description="Only what this person did.")] = None
    action: LogAction | None = None
    target_type: TargetType | None = None


class LogEntryOut(Output):
    """One thing that a moderator did.

    Attributes:
        moderator: None where the person is gone.
        report_id: None where the report is gone, as it is with its target.
        note: Why; of an assignment, to whom.
    """

    id: int
    moderator: AuthorOut | None
    action: LogAction
    target_type: TargetType
    target_id: int
    report_id: int | None
    note: str | None
    created_at: Moment

    @field_validator("moderator", mode="before")
    @classmethod
    def _none_where_nobody_was_joined(cls, joined: Any) -> Any:  # noqa: ANN401  a row, or what came of one
        return joined if joined is not None and joined.id is not None else None
