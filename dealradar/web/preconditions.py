"""If-Match (RFC 9110 §13.1.1): a change is refused when what it was made for has changed meanwhile."""

from collections.abc import Callable

from flask import request
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from dealradar.domain.shapes import Output
from dealradar.httpcache.validators import etag_of, in_each_coding


def check(current: Callable[[], Output], *, required: bool = False) -> None:
    """Compare the request's If-Match with the thing that *current* reads and locks; without one, read nothing.

    Raises:
        PreconditionRequired: There is no If-Match, and it is *required* (RFC 6585 §3).
        PreconditionFailed: The thing has another entity tag by now.
    """
    if "If-Match" not in request.headers:
        if required:
            raise PreconditionRequired("Send If-Match with the ETag of the version that you have seen.")
        return
    wanted = request.if_match
    etags = in_each_coding(etag_of(current().model_dump_json().encode()))
    if not any(wanted.contains(etag) for etag in etags):
        raise PreconditionFailed("It has changed since you read it; read it again.")
