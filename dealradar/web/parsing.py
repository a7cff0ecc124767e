"""Turn a request's parts into what a view takes, or say what is wrong with them."""

from typing import Any, Final, TypeVar

from flask import request
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from dealradar.domain.errors import Fault, InvalidError
from dealradar.domain.shapes import Input, Query

BodyModel = TypeVar("BodyModel", bound=Input)
QueryModel = TypeVar("QueryModel", bound=Query)
JSON: Final = "application/json"


def query_of(model: type[QueryModel], *, is_form: bool = False) -> QueryModel:
    """Return the declared parameters of this request; others are ignored, and what a page's form has left empty.

    Raises:
        InvalidError: A declared parameter is given twice or is out of its bounds.
    """
    return parsed(model, request.args, is_form=is_form)


def parsed(model: type[QueryModel], arguments: MultiDict[str, str], *, is_form: bool = False) -> QueryModel:
    """Return the declared parameters among *arguments*; see `query_of`.

    Raises:
        InvalidError: A declared parameter is given twice or is out of its bounds.
    """
    given = {name: arguments.getlist(name) for name in model.model_fields if name in arguments}
    if is_form:
        given = {name: values for name, values in given.items() if any(values)}
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise InvalidError(*(Fault(name, "is given twice; give it once") for name in twice))
    try:
        return model.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise InvalidError(*faults_of(error)) from None


def body_of(model: type[BodyModel]) -> BodyModel:
    """Return this request's JSON body.

    Raises:
        UnsupportedMediaType: The body isn't declared as JSON.
        BadRequest: The body isn't JSON.
        InvalidError: Fields are missing, unknown or out of their bounds.
    """
    if request.mimetype != JSON:
        raise UnsupportedMediaType(f"Send the body as {JSON}, not {request.mimetype or 'without a Content-Type'}.")
    try:
        return model.model_validate_json(request.get_data(cache=False), strict=True)
    except ValidationError as error:
        faults = faults_of(error)
        if any(fault["type"] == "json_invalid" for fault in error.errors(include_context=False, include_input=False)):
            raise BadRequest(f"The body is not JSON: {faults[0].message}") from None
        raise InvalidError(*faults) from None


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Return what the library found wrong as the domain's own faults."""
    return tuple(_fault(detail) for detail in error.errors(include_url=False, include_input=False))


def _fault(detail: Any) -> Fault:  # noqa: ANN401  pydantic's ErrorDetails
    field = ".".join(str(part) for part in detail["loc"])
    return Fault(field, str(detail["msg"]).removeprefix("Value error, "))
