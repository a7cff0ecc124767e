"""What a route is: its view's signature, read once, is the contract that requests are held to.

A view takes the ids of its path by name, and what else it needs: ``query`` (a Query), ``body`` (an Input), ``by`` (the
Actor who calls), ``caller`` (with its credentials). What it returns is an Output, or None for 204. The same signature
makes the OpenAPI document, so that the two can't differ (ADR 0004).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from flask import Blueprint
from pydantic import TypeAdapter

from dealradar.domain.shapes import Input, Query
from dealradar.httpcache.addresses import address_of
from dealradar.security.permissions import EVERYONE, Who
from dealradar.web.representations import AS_JSON, Representation

View = Callable[..., Any]
NO_CONTENT: Final = 204


@dataclass(frozen=True)
class Contract:
    """What a view takes and returns; read off its signature."""

    query: type[Query] | None
    body: type[Input] | None
    takes_actor: bool
    takes_caller: bool
    returns: TypeAdapter[Any] | None

    @property
    def reads_identity(self) -> bool:
        """Whether the view is told who calls."""
        return self.takes_actor or self.takes_caller


@dataclass(frozen=True)
class Endpoint:
    """One method of one path, as policies name it, who may use it and how it answers."""

    method: str
    rule: str
    view: View
    who: Who
    status: int
    location: str | None
    contract: Contract
    family: str
    representation: Representation = AS_JSON

    @property
    def name(self) -> str:
        """Return what Flask and OpenAPI call it: ``reviews.of_deal``."""
        return f"{self.family}.{self.view.__name__}"


def read_contract(view: View) -> Contract:
    """Return what *view*'s signature promises."""
    hints = get_type_hints(view, include_extras=True)
    returned = hints.pop("return")
    return Contract(
        query=hints.get("query"),
        body=hints.get("body"),
        takes_actor="by" in hints,
        takes_caller="caller" in hints,
        returns=None if returned is type(None) else TypeAdapter(returned),
    )


class Routes:
    """The endpoints of one family of resources, collected by its views' decorators."""

    def __init__(self, family: str, representation: Representation = AS_JSON) -> None:
        self.family = family
        self.representation = representation
        self.endpoints: list[Endpoint] = []

    def get(self, rule: str, *, who: Who = EVERYONE) -> Callable[[View], View]:
        """Answer GET and HEAD of *rule*."""
        return self._add("GET", rule, who=who)

    def post(self, rule: str, *, who: Who, status: int = 200, location: str | None = None) -> Callable[[View], View]:
        """Answer POST of *rule*; *location* is the template of the made thing's path, such as ``/deals/{id}``."""
        return self._add("POST", rule, who=who, status=status, location=location)

    def put(self, rule: str, *, who: Who) -> Callable[[View], View]:
        """Answer PUT of *rule*."""
        return self._add("PUT", rule, who=who)

    def patch(self, rule: str, *, who: Who) -> Callable[[View], View]:
        """Answer PATCH of *rule*."""
        return self._add("PATCH", rule, who=who)

    def delete(self, rule: str, *, who: Who) -> Callable[[View], View]:
        """Answer DELETE of *rule*."""
        return self._add("DELETE", rule, who=who)

    def _add(self, method: str, rule: str, *, who: Who, **options: Any) -> Callable[[View], View]:  # noqa: ANN401
        def register(view: View) -> View:
            contract = read_contract(view)
            status = options.get("status", 200) if contract.returns else NO_CONTENT
            self.endpoints.append(
                Endpoint(
                    method=method,
                    rule=rule,
                    view=view,
                    who=who,
                    status=status,
                    location=options.get("location"),
                    contract=contract,
                    family=self.family,
                    representation=self.representation,
                )
            )
            return view

        return register

    def blueprint(self, answer: Callable[[Endpoint, dict[str, Any]], Any]) -> Blueprint:
        """Return the blueprint whose views are *answer* of their endpoint."""
        blueprint = Blueprint(self.family, __name__)
        for endpoint in self.endpoints:
            blueprint.add_url_rule(
                address_of(endpoint.rule),
                endpoint=endpoint.view.__name__,
                view_func=_bound(answer, endpoint),
                methods=[endpoint.method],
            )
        return blueprint


def _bound(answer: Callable[[Endpoint, dict[str, Any]], Any], endpoint: Endpoint) -> View:
    def respond(**ids: Any) -> Any:  # noqa: ANN401  Flask's own signature
        return answer(endpoint, ids)

    respond.__doc__ = inspect.getdoc(endpoint.view)
    return respond
