"""Answers with the fields that tell clients and caches in between what they may keep (RFC 9110, 9111, 9211, 9213)."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Response, current_app, request
from werkzeug.exceptions import PreconditionFailed

from dealradar.config import Settings
from dealradar.httpcache import codings
from dealradar.httpcache.codings import Coding
from dealradar.httpcache.conditions import Conditions, Outcome, Validators, evaluate, last_modified
from dealradar.httpcache.directives import DIRECTIVES, NEVER, Content, Directives, cdn_cache_control
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.serving import Served
from dealradar.httpcache.surrogates import cache_tag, surrogate_key
from dealradar.httpcache.validators import etag_of, in_coding
from dealradar.monitoring.http_measures import UNSENT_BYTES

CACHE_NAME: Final = "dealradar"


def cacheable(served: Served, sharing: Sharing) -> Response:
    """Return *served* in the coding that the client likes best, saying how it was come by and who may keep it.

    Raises:
        PreconditionFailed: It isn't what the request wants it to be.
    """
    if served.status != HTTPStatus.OK:
        return _absent(served)
    coding = codings.choose(request.headers.get("Accept-Encoding"), [coding for coding, _ in served.encoded])
    response = Response(dict(served.encoded).get(coding, served.body), mimetype=served.media_type)
    if coding is not Coding.IDENTITY:
        response.headers["Content-Encoding"] = coding
    response.headers.update({"X-Cache": served.x_cache, "Cache-Status": cache_status(served)})
    now_s = time.time()
    if served.stored_at_s is not None:
        response.headers["Age"] = str(max(0, int(now_s - served.stored_at_s)))
    content = _content(served, sharing)
    direct(response, content)
    if served.plan is not None and _directives(content).is_shared:
        response.headers.update(_for_cdns(served.plan))
    modified = None if served.stored_at_s is None else last_modified(served.stored_at_s, now_s=now_s)
    return conditional(response, Validators(in_coding(served.etag, coding), modified))


def _absent(served: Served) -> Response:
    """Return that there is no such thing; conditions don't apply to it (RFC 9110 §13.2.1).

    Nothing could tell a browser or a CDN that the thing has come to be, so it isn't for them to keep.
    """
    response = Response(served.body, status=served.status, mimetype=served.media_type)
    response.headers.update({"X-Cache": served.x_cache, "Cache-Status": cache_status(served)})
    return direct(response, Content.ERROR)


def direct(response: Response, content: Content) -> Response:
    """Return *response*, with what caches are told about its kind of *content*."""
    directives = _directives(content)
    response.headers["Cache-Control"] = directives.browser
    response.vary.update(directives.vary)
    return response


def validate(response: Response, body: bytes) -> Response:
    """Give *response* the entity tag of *body*; answer 304 if the client has it already.

    Raises:
        PreconditionFailed: It isn't what the request wants it to be.
    """
    return conditional(response, Validators(etag_of(body)))


def conditional(response: Response, validators: Validators) -> Response:
    """Return *response* with its *validators*, or 304 in its place (RFC 9110 §15.4.5).

    Raises:
        PreconditionFailed: It isn't what the request wants it to be.
    """
    if not _settings().http_etag_enabled:
        return response
    response.set_etag(validators.etag)
    if validators.last_modified is not None:
        response.headers["Last-Modified"] = validators.last_modified
    if request.method not in {"GET", "HEAD"}:
        return response
    outcome = evaluate(Conditions.of(request.headers), validators)
    if outcome is Outcome.FAILED:
        raise PreconditionFailed("It is not, or no longer, what the request's preconditions name.")
    if outcome is Outcome.NOT_MODIFIED:
        if request.method == "GET":
            UNSENT_BYTES.inc(response.content_length or 0)
        response.status_code = HTTPStatus.NOT_MODIFIED
        response.set_data(b"")
    return response


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


def _content(served: Served, sharing: Sharing) -> Content:
    if sharing is not Sharing.PUBLIC:
        return Content.MODERATION
    return Content.UNSHARED if served.plan is None else Content.SHARED


def _for_cdns(plan: Plan) -> Mapping[str, str]:
    """Return what CDNs alone are told: how long they may keep it, and by which keys they are told to forget it."""
    directives = cdn_cache_control(plan.ttl_s)
    told = {"CDN-Cache-Control": directives, "Surrogate-Key": surrogate_key(plan.tags)}
    if _settings().has_fastly:
        told["Surrogate-Control"] = directives
    if _settings().wants_cache_tags:
        told["Cache-Tag"] = cache_tag(plan.tags)
    return told


def _directives(content: Content) -> Directives:
    return DIRECTIVES[content] if _settings().http_cache_enabled else NEVER


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
