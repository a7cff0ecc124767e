"""What pages load: for ever, and in the coding that the browser likes best."""

import gzip
from typing import Final

import brotli
import pytest
from flask.testing import FlaskClient

from dealradar.web import docs
from dealradar.web.admin import pages as admin
from dealradar.web.site import files

PATHS: Final = (
    pytest.param(lambda: files.asset("site.css"), id="the site's"),
    pytest.param(lambda: f"/admin/assets/{admin.FILES.digest}/main.js", id="the dashboard's"),
    pytest.param(lambda: f"/api/docs/assets/{docs.ASSETS.hashed('swagger-ui.css')}", id="the description's"),
)
DECODE: Final = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("path_of", PATHS)
@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_file_is_sent_in_the_coding_that_is_liked_and_is_the_same_file(
    client: FlaskClient, path_of: object, coding: str
) -> None:
    assert callable(path_of)
    path = path_of()
    plain = client.get(path)

    coded = client.get(path, headers={"Accept-Encoding": coding})

    assert "Content-Encoding" not in plain.headers
    assert coded.headers["Content-Encoding"] == coding
    assert DECODE[coding](coded.data) == plain.data
    assert len(coded.data) < len(plain.data) / 2
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert {coded.headers["Vary"], plain.headers["Vary"]} == {"Accept-Encoding"}
    assert {coded.headers["Cache-Control"], plain.headers["Cache-Control"]} == {"max-age=31536000, immutable"}


@pytest.mark.parametrize("path_of", PATHS)
def test_who_has_a_file_is_told_so(client: FlaskClient, path_of: object) -> None:
    assert callable(path_of)
    etag = client.get(path_of(), headers={"Accept-Encoding": "br"}).headers["ETag"]

    again = client.get(path_of(), headers={"Accept-Encoding": "br", "If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")
