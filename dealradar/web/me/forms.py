"""What a form of the site is: a way to an endpoint of the API, for people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Response

from dealradar.web.api import FAMILIES
from dealradar.web.endpoint import Endpoint

ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    f"{endpoint.method} {endpoint.rule}": endpoint for family in FAMILIES for endpoint in family.endpoints
}


@dataclass(frozen=True)
class Sheet:
    """A page with a form on it: its *template*, what stands around the fields, and what is in them at first."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """One form: what is sent to *path* does what *does* names of the API.

    Attributes:
        then: Where people are led afterwards, by the path's ids and the endpoint's result.
        leads_back: Whether it is rather to where they came from, if the form says so.
        sheet: Makes the page that a GET of *path* shows, and that is shown again with what can't be accepted; it takes
            the path's ids, and ``by``, where it is for members. None for a form that is a part of other pages.
        ends: Done to the response in the end; where there is something to do, scripts aren't told the result.
    """

    name: str
    path: str
    does: str
    then: str
    sheet: Callable[..., Sheet] | None = None
    ends: Callable[[Response, Any], None] | None = None
    leads_back: bool = True

    @property
    def endpoint(self) -> Endpoint:
        """Return the API's endpoint."""
        return ENDPOINTS[self.does]
