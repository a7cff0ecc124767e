"""The bases of what goes into and comes out of the domain's verbs: frozen and validated."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo

Item = TypeVar("Item")

MAX_ID = 10**18 - 1
"""Eighteen nines: what a bigint surely holds, and what a path can tell by its digits alone."""
MAX_CENTS = 2**31 - 1


class Input(BaseModel):
    """What a person sends: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Query(BaseModel):
    """The declared parameters of a list; unknown ones are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Output(BaseModel):
    """What a verb returns, made from a row by attribute names."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def of_a_type(target_id: int | None, info: ValidationInfo) -> int | None:
    """Return *target_id* if the ``target_type``, declared before it, says what it is the id of.

    Raises:
        ValueError: It doesn't.
    """
    if target_id is not None and info.data.get("target_type") is None:
        raise ValueError("needs a target_type beside it")
    return target_id


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _worded(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _not_null(value: object) -> object:
    if value is None:
        raise ValueError("must not be null; leave it out to keep it as it is")
    return value


def _as_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be in the years 1 to 9999, in UTC too") from None


Storable = AfterValidator(_storable)
"""Text that PostgreSQL can keep: anything but NUL."""
Worded = AfterValidator(_worded)
"""Text that says something: more than white space."""
NotNull = AfterValidator(_not_null)
"""A field of a change that may be absent but, where it is sent, has a value."""

Id = Annotated[int, Field(ge=1, le=MAX_ID)]
PriceCents = Annotated[int, Field(ge=0, le=MAX_CENTS)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
Moment = Annotated[AwareDatetime, AfterValidator(_as_utc)]
"""A point in time; leaves as RFC 3339 UTC with Z."""


class ListQuery(Query):
    """What every list takes; ``sort`` is each list's own."""

    limit: Annotated[int, Field(ge=1, le=100, description="How many items at most.")] = 20
    cursor: Annotated[
        str | None, Field(max_length=256, description="Where to go on: a former answer's next_cursor.")
    ] = None


class Page(Output, Generic[Item]):
    """One page of a list and the cursor to the next one, null on the last."""

    items: list[Item]
    next_cursor: str | None
