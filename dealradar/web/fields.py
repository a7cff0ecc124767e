"""The response fields that tell clients and caches in between what they may keep (RFC 9110, 9111, 9211)."""

import time
from http import HTTPStatus
from typing import Final

from flask import Response, current_app, request
from werkzeug.exceptions import PreconditionFailed

from dealradar.config import Settings
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.serving import Served
from dealradar.httpcache.validators import etag_of
from dealradar.web.problems import NO_STORE

CACHE_NAME: Final = "dealradar"
DIRECTIVES: Final = {Sharing.PUBLIC: "public, no-cache", Sharing.PERSON: "private, no-store"}
NEVER: Final = "private, no-store"


def cacheable(served: Served, sharing: Sharing) -> Response:
    """Return *served* as a response that says how it was come by and who may keep it."""
    response = Response(served.body, status=served.status, mimetype=served.media_type)
    response.headers["X-Cache"] = served.x_cache
    response.headers["Cache-Status"] = cache_status(served)
    if served.stored_at_s is not None:
        response.headers["Age"] = str(max(0, int(time.time() - served.stored_at_s)))
    if served.status != HTTPStatus.OK:
        # Nothing could tell a browser that the thing has come to be, and conditions don't apply (RFC 9110 §13.2.1).
        response.headers["Cache-Control"] = NO_STORE
        return response
    response.headers["Cache-Control"] = DIRECTIVES[sharing] if _settings().http_cache_enabled else NEVER
    return _conditional(response, served.etag)


def never_stored(response: Response) -> Response:
    """Return *response*, marked as nobody's to keep."""
    response.headers["Cache-Control"] = NEVER
    return response


def validate(response: Response, body: bytes) -> Response:
    """Give *response* the entity tag of *body*; answer 304 if the client has it already."""
    return _conditional(response, etag_of(body))


def cache_status(served: Served) -> str:
    """Return the Cache-Status field (RFC 9211 §2) of *served*."""
    members = [CACHE_NAME, "hit" if served.forwarded is None else f"fwd={served.forwarded}"]
    if served.stored:
        members.append("stored")
    if served.collapsed:
        members.append("collapsed")
    if served.ttl_s is not None:
        members.append(f"ttl={served.ttl_s}")
    if served.key is not None:
        members.append(f'key="{served.key}"')
    if served.detail is not None:
        members.append(f'detail="{served.detail}"')
    return "; ".join(members)


def _conditional(response: Response, etag: str) -> Response:
    if not _settings().http_etag_enabled:
        return response
    response.set_etag(etag)
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed("It isn't, or is no longer, what If-Match names.")
    return response


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
