"""What people report, and what moderators see of it, ask for and decide."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, computed_field, field_validator

from dealradar.domain.reports.models import Action, Reason, ReportStatus, TargetType
from dealradar.domain.shapes import Id, Input, ListQuery, Moment, NotNull, Output, Storable, Worded, of_a_type
from dealradar.domain.users import AuthorOut

Remark = Annotated[str, Field(min_length=1, max_length=2_000), Storable, Worded]


class ReportSort(StrEnum):
    """In which order reports are listed."""

    NEWEST = "newest"
    OLDEST = "oldest"


class ReportQuery(ListQuery):
    """The parameters of the list of reports."""

    sort: ReportSort = ReportSort.NEWEST
    status: ReportStatus | None = None
    waiting: Annotated[
        bool | None, Field(description="Only those that nobody has closed yet, or only closed ones.")
    ] = None
    target_type: TargetType | None = None
    target_id: Annotated[Id | None, Field(description="Only those about this one thing of the target_type.")] = None
    reason: Reason | None = None
    assignee: Annotated[Id | None, Field(description="Only those that this moderator is to look at.")] = None
    reporter: Annotated[Id | None, Field(description="Only those that this person filed.")] = None
    older_than: Annotated[Moment | None, Field(description="Only those filed before this time.")] = None

    @field_validator("target_id")
    @classmethod
    def _is_of_a_type(cls, target_id: int | None, info: ValidationInfo) -> int | None:
        return of_a_type(target_id, info)


class ReportDraft(Input):
    """What a person reports: what it is about and what is wrong with it."""

    target_type: TargetType
    target_id: Id
    reason: Reason
    details: Remark | None = None


class ReportChange(Input):
    """What a moderator decides: what is absent stays."""

    status: Annotated[ReportStatus | None, NotNull] = None
    assignee_id: Annotated[Id | None, Field(description="A moderator or an admin; null for nobody.")] = None
    resolution: Annotated[Remark | None, Field(description="Why; the reporter is told when the report closes.")] = None
    action: Annotated[Action | None, NotNull, Field(description="Done to the target at once.")] = None


class TargetOut(Output):
    """What a report is about, as moderators see it: whole, be it hidden or not.

    Attributes:
        title: A person's is their display name; a comment has none.
        text: A person has none.
        author: Whose doing it is: who wrote it, or the reported person.
        status: That of the deal, review or comment, or the person's standing.
    """

    type: TargetType
    id: int
    title: str | None
    text: str | None
    author: AuthorOut
    status: str

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way; mypy knows no decorated properties
    @property
    def url(self) -> str:
        """Return where the API shows it to everybody who may see it."""
        return f"/api/{self.type}s/{self.id}"


class ReportOut(Output):
    """A report with who filed it, what it is about and what has come of it."""

    id: int
    reporter: AuthorOut
    target: TargetOut
    reason: Reason
    details: str | None
    status: ReportStatus
    assignee: AuthorOut | None
    resolution: str | None
    action: Action | None
    created_at: Moment
    updated_at: Moment
    closed_at: Moment | None

    @field_validator("assignee", mode="before")
    @classmethod
    def _none_where_nobody_was_joined(cls, joined: Any) -> Any:  # noqa: ANN401  a row, or what came of one
        return joined if joined is not None and joined.id is not None else None


class Age(StrEnum):
    """How long ago a report was filed."""

    UNDER_1_HOUR = "under_1h"
    UNDER_24_HOURS = "under_24h"
    UNDER_7_DAYS = "under_7d"
    OLDER = "older"


class ReportStats(Output):
    """How many reports there are; by age only those that are not closed."""

    by_status: dict[ReportStatus, int]
    by_reason: dict[Reason, int]
    open_by_age: dict[Age, int]
