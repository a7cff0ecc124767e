"""The road of every API request: who, what, from the cache or the view, and out as JSON."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, Final

from flask import Response, current_app, request

from dealradar.cache import InvalidKeyError
from dealradar.config import Settings
from dealradar.domain.errors import NotFoundError
from dealradar.domain.reading import read_only
from dealradar.httpcache import demand, origins, overrides, trace
from dealradar.httpcache.addresses import address_of
from dealradar.httpcache.directives import Content
from dealradar.httpcache.plans import Wish, plan
from dealradar.httpcache.policies import Policy, Sharing
from dealradar.httpcache.recompute import JSON, Computed
from dealradar.httpcache.serving import Served, Source, bypass, serve
from dealradar.invalidation import on_behalf_of
from dealradar.monitoring import answers
from dealradar.security.permissions import MEMBER
from dealradar.web import caller, fields, parsing
from dealradar.web.endpoint import NO_CONTENT, Endpoint

SWITCHED_OFF: Final = "switched-off"
PLANNED: Final = "dealradar.planned"
"""In the environment of a request that the cache was asked for."""
REPRESENTING: Final = frozenset({"GET", "PATCH"})
"""Methods whose answer is the resource as a GET would show it: its ETag is good for the next If-Match."""


def answer(endpoint: Endpoint, ids: Mapping[str, Any]) -> Response:
    """Return the response to the current request, which *endpoint* is to answer.

    Raises:
        DomainError: The wish is refused, as malformed, not allowed, or by the community's rules.
    """
    endpoint.who.admit(caller.admit())
    arguments = dict(ids)
    if endpoint.contract.query is not None:
        arguments["query"] = parsing.query_of(endpoint.contract.query)
    policy = overrides.current().find(endpoint.rule) if endpoint.method == "GET" else None
    if policy is not None:
        return _cached(endpoint, policy, arguments)
    if endpoint.contract.body is not None:
        arguments["body"] = parsing.body_of(endpoint.contract.body)
    if (writer := caller.person_hash()) is not None:
        on_behalf_of(writer)
    return _uncached(endpoint, arguments)


def _uncached(endpoint: Endpoint, arguments: Mapping[str, Any]) -> Response:
    result = _call(endpoint, arguments)
    if endpoint.contract.returns is None:
        return fields.direct(Response(status=NO_CONTENT), Content.MODERATION)
    body = endpoint.contract.returns.dump_json(result)
    response = Response(body, status=endpoint.status, mimetype=JSON)
    fields.direct(response, _content(endpoint))
    if endpoint.method in REPRESENTING:
        fields.validate(response, body)
    if endpoint.location is not None:
        response.headers["Location"] = address_of(endpoint.location.format(id=result.id))
    return response


def _content(endpoint: Endpoint) -> Content:
    """Return what an answer that isn't in our cache is to others."""
    is_own = endpoint.method == "GET" and endpoint.who == MEMBER
    return Content.PERSONAL if is_own else Content.MODERATION


def _cached(endpoint: Endpoint, policy: Policy, arguments: Mapping[str, Any]) -> Response:
    served = _serve(endpoint, policy, arguments)
    if demand.NOT_ASKED not in request.environ:
        answers.note(policy.endpoint, served, now_s=time.time())
    return fields.cacheable(served, policy.sharing)


def _source(endpoint: Endpoint, policy: Policy, arguments: Mapping[str, Any]) -> Source:
    path = address_of(policy.path_template.format(**arguments))
    compute = partial(_compute, endpoint, arguments, path=path)
    is_detachable = policy.sharing is Sharing.PUBLIC and not endpoint.contract.reads_identity
    return Source(compute, partial(compute_detached, endpoint, arguments, path=path) if is_detachable else None)


def _compute(endpoint: Endpoint, arguments: Mapping[str, Any], *, path: str) -> Computed:
    computed = _computed(endpoint, lambda: _call(endpoint, arguments), path=path)
    return replace(computed, read_identity=caller.was_read())


def compute_detached(endpoint: Endpoint, arguments: Mapping[str, Any], *, path: str) -> Computed:
    """Compute without a request: a view that looks at who asks fails here, rather than answer for everybody (G5)."""
    return _computed(endpoint, lambda: _view(endpoint, arguments), path=path)


def _computed(endpoint: Endpoint, view: Callable[[], object], *, path: str) -> Computed:
    """Return what *view* answers, or that there is no such thing, of *path* however it was spelled."""
    try:
        return Computed(_dump(endpoint, view()), media_type=endpoint.representation.media_type)
    except NotFoundError as error:
        return endpoint.representation.absent(str(error), path)


def _dump(endpoint: Endpoint, result: object) -> bytes:
    assert endpoint.contract.returns is not None  # noqa: S101  a policy's endpoint answers something
    return endpoint.representation.dump(endpoint.contract.returns, result)


def _serve(endpoint: Endpoint, policy: Policy, arguments: Mapping[str, Any]) -> Served:
    source = _source(endpoint, policy, arguments)
    if not policy.is_enabled:
        return bypass(source.compute(), detail=SWITCHED_OFF)
    settings: Settings = current_app.extensions["settings"]
    ids = {name: value for name, value in arguments.items() if name != "query"}
    wish = Wish(
        ids=ids,
        query=arguments.get("query"),
        identity=caller.admit().identity,
        reader=caller.person_hash(),
        warms=demand.NOT_ASKED in request.environ,
        release=endpoint.representation.release(),
    )
    try:
        planned = plan(policy, wish, settings)
    except InvalidKeyError:
        return bypass(source.compute(), detail="no-key")
    asked_at_s = time.time()
    serve_it = request.environ.get(demand.SERVED_BY, serve)
    served: Served = serve_it(origins.current(), planned, source)
    if demand.SERVED_BY not in request.environ:
        request.environ[PLANNED] = True
    if not wish.warms:
        demand.current().note(planned, served)
        if (tracing := trace.current()) is not None:
            tracing.asked(planned, served, at_s=asked_at_s)
    return served


def _call(endpoint: Endpoint, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401  whatever the view returns
    extra: dict[str, Any] = {}
    if endpoint.contract.takes_actor:
        extra["by"] = caller.actor()
    if endpoint.contract.takes_caller:
        extra["caller"] = caller.current()
    return _view(endpoint, {**arguments, **extra})


def _view(endpoint: Endpoint, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401  whatever the view returns
    with read_only() if endpoint.method == "GET" else nullcontext():
        return endpoint.view(**arguments)
