"""Files as they leave: read and compressed once a process, in the coding that the client likes best."""

import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flask import Response, request

from dealradar.httpcache import codings
from dealradar.httpcache.codings import Coding, Encoded
from dealradar.httpcache.conditions import Validators
from dealradar.httpcache.directives import Content
from dealradar.httpcache.validators import etag_of, in_coding
from dealradar.web import fields

UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True)
class StaticFile:
    """A file's bytes in each coding that makes them fewer."""

    media_type: str
    body: bytes
    encoded: Encoded
    etag: str


@cache
def load(path: Path) -> StaticFile:
    """Return the file at *path* as it was when it was first loaded."""
    body = path.read_bytes()
    return StaticFile(mimetypes.guess_type(path.name)[0] or UNKNOWN, body, codings.encode(body), etag_of(body))


def answer(path: Path, content: Content = Content.STATIC) -> Response:
    """Return the file at *path*, or 304; for ever unless it is other *content*, for its name changes with it.

    Raises:
        PreconditionFailed: It isn't what the request wants it to be.
    """
    file = load(path)
    coding = codings.choose(request.headers.get("Accept-Encoding"), [coding for coding, _ in file.encoded])
    response = Response(dict(file.encoded).get(coding, file.body), mimetype=file.media_type)
    if coding is not Coding.IDENTITY:
        response.headers["Content-Encoding"] = coding
    return fields.conditional(fields.direct(response, content), Validators(in_coding(file.etag, coding)))
