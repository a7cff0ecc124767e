from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain import users
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction

ALICE = {"username": "Alice", "email": "Alice@example.org", "password": "correct horse"}
As = Callable[[User], FlaskClient]


def _register(client: FlaskClient, **changes: str) -> Any:
    return client.post("/api/auth/register", json=ALICE | changes)


def _log_in(client: FlaskClient, login: str, password: str = ALICE["password"]) -> Any:
    return client.post("/api/auth/login", json={"login": login, "password": password})


def _me(client: FlaskClient, headers: dict[str, str] | None = None) -> Any:
    return client.get("/api/auth/me", headers=headers)


def _change(client: FlaskClient, headers: Any = None, **fields: object) -> Any:
    return client.patch("/api/auth/me", json=fields, headers=headers)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_who_registers_is_logged_in(client: FlaskClient) -> None:
    answer = _register(client)

    assert answer.status_code == 201
    assert answer.json["user"]["username"] == answer.json["user"]["display_name"] == "Alice"
    assert answer.json["user"]["role"] == "member"
    assert answer.json["expires_at"].endswith("Z")
    me = _me(client, headers=_bearer(answer.json["token"])).json
    assert me == answer.json["user"] | {"unread_count": 0}
    assert me["email"] == "Alice@example.org"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"username": "aLICE"}, "username"), ({"username": "bob", "email": "alice@EXAMPLE.org"}, "email")],
)
def test_a_name_or_address_that_is_taken_in_whatever_case_is_a_conflict(
    client: FlaskClient, changes: dict[str, str], field: str
) -> None:
    _register(client)

    answer = _register(client, **{"email": "other@example.org"} | changes)

    assert answer.status_code == 409
    assert answer.json["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "al"),
        ("username", "a" * 33),
        ("username", "al ice"),
        ("username", "alice\n"),
        ("username", "älice"),
        ("email", "nobody"),
        ("email", "nobody@"),
        ("email", f"{'a' * 250}@example.org"),
        ("password", "1234567"),
        ("password", "x" * 129),
        ("role", "admin"),
    ],
)
def test_what_can_not_be_accepted_is_named(client: FlaskClient, field: str, value: str) -> None:
    answer = _register(client, **{field: value})

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == [field]


@pytest.mark.parametrize("login", ["Alice", "alice", "Alice@example.org", "alice@EXAMPLE.ORG"])
def test_one_logs_in_by_name_or_address(client: FlaskClient, login: str) -> None:
    _register(client)

    answer = _log_in(client, login)

    assert answer.status_code == 200
    assert _me(client, headers=_bearer(answer.json["token"])).json["username"] == "Alice"


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(client: FlaskClient, bob: User) -> None:
    _register(client)

    answers = [_log_in(client, "alice", "wrong horse"), _log_in(client, "nobody"), _log_in(client, bob.username)]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1


def test_logging_out_revokes_the_token_that_was_shown_and_no_other(client: FlaskClient) -> None:
    phone = _bearer(_register(client).json["token"])
    laptop = _bearer(_log_in(client, "alice").json["token"])

    assert client.post("/api/auth/logout", headers=phone).status_code == 204

    assert _me(client, headers=phone).status_code == 401
    assert _me(client, headers=laptop).status_code == 200


def test_a_revoked_token_is_refused_where_nobody_needs_one(client: FlaskClient) -> None:
    phone = _bearer(_register(client).json["token"])
    client.post("/api/auth/logout", headers=phone)

    assert client.get("/api/deals", headers=phone).status_code == 401
    assert client.get("/api/deals").status_code == 200


def test_the_banned_are_shut_out_at_once_and_can_not_log_in_again(client: FlaskClient, mona: User) -> None:
    session = _register(client).json

    with transaction():
        users.ban(session["user"]["id"], by=Actor(mona.id, Role.MODERATOR))

    assert _me(client, headers=_bearer(session["token"])).status_code == 401
    assert _log_in(client, "alice").status_code == 403
    assert _log_in(client, "alice", "wrong horse").status_code == 401


def test_another_password_ends_all_log_ins_but_this(client: FlaskClient) -> None:
    here, there = _register(client).json["token"], _log_in(client, "alice").json["token"]
    wish = {"current_password": ALICE["password"], "new_password": "battery staple"}

    changed = client.post("/api/auth/password", json=wish, headers=_bearer(here))

    assert (changed.status_code, changed.data) == (204, b"")
    assert [_me(client, _bearer(token)).status_code for token in (here, there)] == [200, 401]
    assert [_log_in(client, "alice", each).status_code for each in wish.values()] == [401, 200]


def test_a_password_is_changed_by_who_knows_it_alone(client: FlaskClient) -> None:
    own = _bearer(_register(client).json["token"])

    wrong = client.post("/api/auth/password", json={"current_password": "?", "new_password": "x" * 8}, headers=own)
    short = client.post("/api/auth/password", json={"current_password": "?", "new_password": "x"}, headers=own)

    assert [answer.get_json()["errors"][0]["field"] for answer in (wrong, short)] == [
        "current_password",
        "new_password",
    ]
    assert (wrong.status_code, short.status_code) == (422, 422)
    assert _log_in(client, "alice").status_code == 200


def test_when_too_many_log_in_at_once_one_is_asked_to_come_back(client: FlaskClient) -> None:
    _register(client)
    passwords = client.application.extensions["passwords"]
    client.application.extensions["passwords"] = users.Passwords(max_concurrent=1, max_wait_s=0)

    with client.application.extensions["passwords"].place():
        answer = _log_in(client, "alice")

    client.application.extensions["passwords"] = passwords
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_one_changes_what_one_says_of_oneself(as_: As, alice: User) -> None:
    client = as_(alice)

    answer = _change(client, display_name="Alice A.", email_alerts=False)

    assert answer.status_code == 200
    assert (answer.json["display_name"], answer.json["email_alerts"]) == ("Alice A.", False)
    assert _me(client).json == answer.json


def test_an_empty_change_changes_nothing(as_: As, alice: User) -> None:
    client = as_(alice)
    before = _me(client).json

    assert _change(client).json == before


@pytest.mark.parametrize(
    "change",
    [{"display_name": None}, {"display_name": " "}, {"display_name": "x" * 65}, {"email_alerts": 1}, {"role": "admin"}],
)
def test_a_change_that_can_not_be_accepted_is_refused(as_: As, alice: User, change: dict[str, object]) -> None:
    assert _change(as_(alice), **change).status_code == 422


def test_a_change_made_for_another_version_is_refused(as_: As, alice: User) -> None:
    client = as_(alice)
    seen = _me(client).headers["ETag"]

    first = _change(client, {"If-Match": seen}, display_name="First")
    second = _change(client, {"If-Match": seen}, display_name="Second")

    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "logout"), ("GET", "me"), ("PATCH", "me")], ids=["logout", "me", "change"]
)
def test_without_a_token_one_has_no_account(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(f"/api/auth/{path}", method=method, json={} if method == "PATCH" else None)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
