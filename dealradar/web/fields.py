"""Answers with the fields that tell clients and caches in between what they may keep (RFC 9110, 9111, 9211, 9213)."""

import time
from http import HTTPStatus

from flask import Response, current_app, request
from werkzeug.exceptions import PreconditionFailed

from dealradar.config import Settings
from dealradar.httpcache import codings, wording
from dealradar.httpcache.codings import Coding
from dealradar.httpcache.conditions import Conditions, Outcome, Validators, evaluate, last_modified
from dealradar.httpcache.directives import Content
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.serving import Served
from dealradar.httpcache.validators import etag_of, in_coding
from dealradar.monitoring.http_measures import UNSENT_BYTES


def cacheable(served: Served, sharing: Sharing) -> Response:
    """Return *served* in the coding that the client likes best, saying how it was come by and who may keep it.

    Raises:
        PreconditionFailed: It isn't what the request wants it to be.
    """
    if served.status != HTTPStatus.OK:
        return _absent(served)
    coding = codings.choose(request.headers.get("Accept-Encoding"), [coding for coding, _ in served.encoded])
    response = Response(dict(served.encoded).get(coding, served.body), content_type=served.media_type)
    if coding is not Coding.IDENTITY:
        response.headers["Content-Encoding"] = coding
    now_s = time.time()
    response.headers.extend(wording.fields_of(served, sharing, _settings(), now_s=now_s))  # it has none of them yet
    modified = None if served.stored_at_s is None else last_modified(served.stored_at_s, now_s=now_s)
    return conditional(response, Validators(in_coding(served.etag, coding), modified))


def _absent(served: Served) -> Response:
    """Return that there is no such thing; conditions don't apply to it (RFC 9110 §13.2.1).

    Nothing could tell a browser or a CDN that the thing has come to be, so it isn't for them to keep.
    """
    response = Response(served.body, status=served.status, content_type=served.media_type)
    response.headers.update({"X-Cache": served.x_cache, "Cache-Status": wording.cache_status(served)})
    return direct(response, Content.ERROR)


def direct(response: Response, content: Content) -> Response:
    """Return *response*, with what caches are told about its kind of *content*."""
    directives = wording.directives_of(content, _settings())
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


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
