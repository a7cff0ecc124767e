"""What the moderation log shows, and how it is asked for."""

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from dealradar.domain.moderation.models import LogAction
from dealradar.domain.reports import TargetType
from dealradar.domain.shapes import Id, ListQuery, Moment, Output, of_a_type
from dealradar.domain.users import AuthorOut


class LogQuery(ListQuery):
    """The parameters of the moderation log."""

    moderator: Annotated[Id | None, Field(description="Only what this person did.")] = None
    action: LogAction | None = None
    target_type: TargetType | None = None
    target_id: Annotated[Id | None, Field(description="Only what was done to this one thing of the target_type.")] = (
        None
    )
    report: Annotated[Id | None, Field(description="Only what came of this report.")] = None
    since: Annotated[Moment | None, Field(description="Only from this time on.")] = None
    until: Annotated[Moment | None, Field(description="Only before this time.")] = None

    @field_validator("target_id")
    @classmethod
    def _is_of_a_type(cls, target_id: int | None, info: ValidationInfo) -> int | None:
        return of_a_type(target_id, info)


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
