"""What people read where programs get a problem (RFC 9457): the same status and fields, as a page of the site."""

import json
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from dealradar.httpcache.addresses import API
from dealradar.httpcache.recompute import JSON
from dealradar.web.problems import PROBLEM
from dealradar.web.site.shown import HTML, Shown, render

WORDS: Final = {
    HTTPStatus.NOT_FOUND: ("Not found", "There is nothing at this address. What you look for may have been removed."),
    HTTPStatus.FORBIDDEN: ("Not allowed", "This isn't for you to see or do."),
    HTTPStatus.TOO_MANY_REQUESTS: ("Too many requests", "More came from your address than we answer in a while."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("Something went wrong", "It is our fault, and it has been noted."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Not available just now", "We can't show this at the moment."),
}
"""A heading and what it means; of any other status, what the problem says of itself."""
MINUTE_S: Final = 60


def register(app: Flask) -> None:
    """Answer who prefers pages with one wherever *app* answers with a problem, but for the API's paths."""
    app.after_request(_for_people)


def wait(retry_after_s: int) -> str:
    """Return for how long to wait, in words that don't promise too early.

    >>> wait(1), wait(60), wait(61)
    ('1 second', '60 seconds', '2 minutes')
    """
    if retry_after_s > MINUTE_S:
        return f"{-(-retry_after_s // MINUTE_S)} minutes"
    return "1 second" if retry_after_s == 1 else f"{retry_after_s} seconds"


def _for_people(response: Response) -> Response:
    if response.mimetype != PROBLEM or not _wants_page():
        return response
    problem = json.loads(response.get_data())
    heading, meaning = WORDS.get(HTTPStatus(response.status_code), (problem["title"], problem["detail"]))
    retry_after = response.headers.get("Retry-After", "")
    shown = {"heading": heading, "meaning": meaning, "faults": problem.get("errors", [])}
    body = render(Shown("fault.html", shown | {"wait": wait(int(retry_after)) if retry_after.isdecimal() else None}))
    response.set_data(body)
    response.headers["Content-Type"] = HTML
    response.vary.add("Accept")
    return response


def _wants_page() -> bool:
    """Whether the request is for no path of the API, and by somebody who likes HTML best of what there is."""
    if f"{request.path}/".startswith(f"{API}/"):
        return False
    return request.accept_mimetypes.best_match([PROBLEM, JSON, "text/html"]) == "text/html"
