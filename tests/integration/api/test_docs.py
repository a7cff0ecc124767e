"""The page of the API's description, and the files that it loads."""

import re

import pytest
from flask.testing import FlaskClient

NAMED = re.compile(r'(?:href|src)="(/api/docs/assets/[^"]+)"')


def test_what_the_page_loads_may_be_kept_for_a_year_under_a_name_that_changes_with_it(client: FlaskClient) -> None:
    named = NAMED.findall(client.get("/api/docs").text)

    assert len(named) == 4
    for path in named:
        with client.get(path) as answer:
            assert (answer.status_code, bool(answer.data)) == (200, True)
            assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"
            assert "ETag" in answer.headers


def test_a_plain_name_leads_to_the_name_of_this_release(client: FlaskClient) -> None:
    answer = client.get("/api/docs/assets/docs.js")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "private, no-store")
    assert re.fullmatch(r"/api/docs/assets/docs\.[0-9a-f]{12}\.js", answer.headers["Location"])
    with client.get(answer.headers["Location"]) as found:
        assert found.status_code == 200


@pytest.mark.parametrize("name", ["docs.000000000000.js", "nothing.js", "nothing.000000000000.js", "..%2fdocs.py"])
def test_what_is_not_of_this_release_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/api/docs/assets/{name}").status_code == 404
