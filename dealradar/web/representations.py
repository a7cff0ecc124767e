"""In what form an endpoint's answers leave: what is made of a result, and of there being none."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from pydantic import TypeAdapter

from dealradar.httpcache.recompute import JSON, Computed
from dealradar.web import problems


@dataclass(frozen=True)
class Representation:
    """A form of answers.

    Attributes:
        media_type: The Content-Type.
        dump: Makes bytes of a result, by the type that the endpoint promises.
        absent: Makes the answer that there is no such thing, of why and the path that was asked for.
        release: What else the bytes depend on that changes with the program alone: part of the key.
    """

    media_type: str
    dump: Callable[[TypeAdapter[Any], object], bytes]
    absent: Callable[[str, str], Computed]
    release: Callable[[], str] = str


def _absent(reason: str, path: str) -> Computed:
    body = problems.body(HTTPStatus.NOT_FOUND, reason, instance=path)
    return Computed(body, status=HTTPStatus.NOT_FOUND, media_type=problems.PROBLEM)


AS_JSON: Final = Representation(JSON, lambda returns, result: returns.dump_json(result), _absent)
"""The API's."""
