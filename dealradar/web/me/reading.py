"""What people fill into forms, as the API would be sent it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import NoneType
from typing import Any, Final, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from dealradar.domain.errors import Fault, InvalidError
from dealradar.domain.shapes import Input, NotNull
from dealradar.web.parsing import faults_of

Model = TypeVar("Model", bound=Input)
CENTS: Final = 100
NO_PRICE: Final = "is no price; write it like 19.99"


def input_of(model: type[Model], given: Mapping[str, Sequence[str]]) -> Model:
    """Return the *model* that the fields of a form come to, of each of which the last counts; others are ignored.

    A field ``…_cents`` holds a price as people write it, ``…_at`` a time without a zone, which is UTC. What is left
    empty and may be absent is.

    Raises:
        InvalidError: Fields are missing or out of their bounds.
    """
    fields = {name: field for name, field in model.model_fields.items() if given.get(name)}
    try:
        return model.model_validate({name: _value(name, field, given[name]) for name, field in fields.items()})
    except ValidationError as error:
        raise InvalidError(*faults_of(error)) from None


def cents(price: str) -> int:
    """Return a *price* in cents.

    >>> cents("1,299"), cents("$19.5")
    (129900, 1950)

    Raises:
        InvalidOperation: It is no price, or finer than a cent.
    """
    found = Decimal(price.strip().removeprefix("$").replace(",", "")) * CENTS
    if not found.is_finite() or found != int(found):
        raise InvalidOperation
    return int(found)


def _value(name: str, field: FieldInfo, texts: Sequence[str]) -> Any:  # noqa: ANN401  whatever the field takes
    text = texts[-1].replace("\r\n", "\n")  # as browsers send what was typed with "\n"
    if text == "" and _may_be_none(field):
        return None
    if any(get_origin(part) is list for part in (field.annotation, *get_args(field.annotation))):
        return list(texts)
    if name.endswith("_at") and text:
        return text if text.endswith("Z") else f"{text}Z"
    return _cents(name, text) if name.endswith("_cents") else text


def _cents(name: str, text: str) -> int:
    try:
        return cents(text)
    except InvalidOperation:
        raise InvalidError(Fault(name, NO_PRICE)) from None


def _may_be_none(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation) and NotNull not in field.metadata
