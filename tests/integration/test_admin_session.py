"""The dashboard's session: opened with a token, kept in a cookie, worth nothing to pages of other sites."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dealradar.domain.users.models import User
from dealradar.security.sessions import COOKIE
from tests.factories.people import token_for

SESSION = "/admin/session"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
Open = Callable[[User], FlaskClient]


def opened(client: FlaskClient, user: User, **environ: Any) -> TestResponse:
    shown = OWN_PAGE | {"Authorization": f"Bearer {token_for(user)}"}
    return client.put(SESSION, headers=shown, environ_overrides=environ)


@pytest.fixture
def browser(client: FlaskClient, ada: User) -> FlaskClient:
    """Return a client with ada's session, that shows no token by itself."""
    assert opened(client, ada).status_code == 204
    return client


def test_the_cookie_is_for_this_site_s_requests_alone_and_for_no_script(client: FlaskClient, ada: User) -> None:
    answer = opened(client, ada)

    kept = SimpleCookie(answer.headers["Set-Cookie"])[COOKIE]
    assert (kept["path"], kept["samesite"], kept["httponly"], kept["secure"]) == (SESSION, "Strict", True, "")
    assert int(kept["max-age"]) > 3_600


def test_over_https_the_cookie_stays_there(client: FlaskClient, ada: User) -> None:
    answer = opened(client, ada, **{"wsgi.url_scheme": "https"})

    assert SimpleCookie(answer.headers["Set-Cookie"])[COOKIE]["secure"] is True


def test_a_page_gets_a_token_by_the_cookie_that_the_api_takes(browser: FlaskClient) -> None:
    told = browser.post(SESSION, headers=OWN_PAGE).get_json()

    shown = {"Authorization": f"Bearer {told['token']}"}
    assert told["username"] == "ada"
    assert browser.get("/api/cache/policies", headers=shown).status_code == 200


def test_the_api_itself_knows_no_cookies(browser: FlaskClient) -> None:
    assert browser.get("/api/cache/policies").status_code == 401
    assert browser.post("/api/cache/invalidate", json={"all": True}, headers=OWN_PAGE).status_code == 401


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("sent", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_page_of_another_site_may_do_nothing_with_it(
    browser: FlaskClient, ada: User, method: str, sent: dict[str, str]
) -> None:
    shown = {"Authorization": f"Bearer {token_for(ada)}"} if method == "PUT" else {}

    answer = browser.open(SESSION, method=method, headers=shown | sent)

    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (403, None)


def test_who_is_no_admin_gets_no_session(client: FlaskClient, alice: User) -> None:
    answer = opened(client, alice)

    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (403, None)


def test_without_a_cookie_or_with_a_bad_one_there_is_no_token(client: FlaskClient) -> None:
    assert client.post(SESSION, headers=OWN_PAGE).status_code == 401
    client.set_cookie(COOKIE, f"dr_{'x' * 43}", path=SESSION)

    assert client.post(SESSION, headers=OWN_PAGE).status_code == 401


def test_closing_it_takes_the_cookie_away_and_makes_it_worth_nothing(app: Flask, browser: FlaskClient) -> None:
    cookie = browser.get_cookie(COOKIE, path=SESSION)
    assert cookie is not None

    assert browser.delete(SESSION, headers=OWN_PAGE).status_code == 204

    assert browser.get_cookie(COOKIE, path=SESSION) is None
    thief = app.test_client()
    thief.set_cookie(COOKIE, cookie.value, path=SESSION)
    assert thief.post(SESSION, headers=OWN_PAGE).status_code == 401
