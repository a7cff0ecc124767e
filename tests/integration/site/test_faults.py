"""What people see who ask for what there isn't, may not have, or not now."""

from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.applications import Make

BROWSER: Final = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
STRANGER: Final = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing/here", 404, "nothing at this address"),
        ("/deals/0", 404, "nothing at this address"),
        ("/deals/1?rating=9", 422, "less than or equal to 5"),
        ("/?cursor=nonsense", 400, "cursor"),
    ],
)
def test_a_browser_is_shown_a_page_with_the_status_that_programs_get(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    page, problem = client.get(path, headers=BROWSER), client.get(path)

    assert (page.status_code, problem.status_code) == (status, status)
    assert (page.content_type, problem.mimetype) == ("text/html; charset=utf-8", "application/problem+json")
    assert words in page.text
    assert 'href="/"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "Accept" in page.headers["Vary"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/deals/0", "/api"])
def test_the_api_answers_everybody_with_a_problem(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=BROWSER).mimetype == "application/problem+json"


def test_who_asks_too_often_is_told_when_to_come_again(make: Make) -> None:
    client = make(rate_limit_max_requests=1).test_client()
    client.get("/", headers=BROWSER, environ_overrides=STRANGER)

    refused = client.get("/", headers=BROWSER, environ_overrides=STRANGER)

    assert refused.status_code == 429
    assert "Too many requests" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert "Please try again in 15 minutes." in refused.text


def test_who_asks_while_the_database_is_away_is_told_so(make: Make) -> None:
    client = make(database_url="postgresql://nobody@127.0.0.1:1/none").test_client()

    refused = client.get("/", headers=BROWSER)

    assert refused.status_code == 503
    assert "Not available just now" in refused.text
    assert "Please try again in 2 seconds." in refused.text


def test_what_nobody_expected_is_a_page_that_tells_no_secret(make: Make) -> None:
    app: Flask = make()
    app.add_url_rule("/broken", view_func=lambda: str(1 / 0))

    refused = app.test_client().get("/broken", headers=BROWSER)

    assert refused.status_code == 500
    assert "Something went wrong" in refused.text
    assert "ZeroDivision" not in refused.text
