"""What people are told, how they ask for it, and how they say that they have read it."""

from typing import Annotated, Any, Final, Self

from pydantic import Field, field_validator, model_validator

from dealradar.domain.notifications.models import Kind
from dealradar.domain.shapes import Id, Input, ListQuery, Moment, Output
from dealradar.domain.users import AuthorOut

IDS_AT_MOST: Final = 100


class NotificationQuery(ListQuery):
    """The parameters of the list of one's notifications, newest first."""

    unread: Annotated[bool | None, Field(description="Only those not read yet, or only those read.")] = None


class NotificationOut(Output):
    """Something that the caller should know; *actor* is who did it, if that is a person who is still there."""

    id: int
    kind: Kind
    actor: AuthorOut | None
    subject_type: str
    subject_id: int
    message: str
    created_at: Moment
    read_at: Moment | None

    @field_validator("actor", mode="before")
    @classmethod
    def _none_where_nobody_was_joined(cls, joined: Any) -> Any:  # noqa: ANN401  a row, or what came of one
        return joined if joined is not None and joined.id is not None else None


class Reading(Input):
    """Which notifications have been read: those of *ids*, or *all*."""

    ids: Annotated[list[Id] | None, Field(min_length=1, max_length=IDS_AT_MOST)] = None
    all: bool = False

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.ids is None) != self.all:
            raise ValueError('send either {"ids": [...]} or {"all": true}')
        return self


class ReadOut(Output):
    """How many notifications were unread until now."""

    read_count: int
